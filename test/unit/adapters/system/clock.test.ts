import { expect } from 'chai';
import { systemClock } from '../../../../src/adapters/system/clock.js';
import { isFault } from '../../../../src/domain/fault.js';

describe('[U] systemClock', () => {
  const kindOf = (error: unknown): string => (isFault(error) ? error.details.kind : 'no fault');

  it('sleeps at least as long as it is told to, by its own monotonic clock', async () => {
    const clock = systemClock();
    const before = clock.monotonic();
    await clock.sleep(20);
    expect(clock.monotonic() - before).to.be.at.least(20);
  });

  it('does not sleep at all for nothing or less', async () => {
    await systemClock().sleep(0);
    await systemClock().sleep(-5);
  });

  it('is interrupted at once, and for good, when the run is asked to stop', async () => {
    const stop = new AbortController();
    const clock = systemClock(stop.signal);
    const sleeping = clock.sleep(60_000).catch(kindOf);
    expect(clock.stopping()).to.equal(false);
    stop.abort();
    expect(await sleeping).to.equal('interrupted');
    expect(clock.stopping()).to.equal(true);
    expect(await clock.sleep(60_000).catch(kindOf)).to.equal('interrupted');
    expect(await clock.sleep(0).catch(kindOf)).to.equal('interrupted');
  });

  it("is interrupted by a caller's own signal, that one wait alone", async () => {
    const own = new AbortController();
    const clock = systemClock();
    const sleeping = clock.sleep(60_000, own.signal).catch(kindOf);
    own.abort();
    expect(await sleeping).to.equal('interrupted');
    await clock.sleep(1);
  });

  it('sleeps longer than a timer can be set for', async () => {
    const own = new AbortController();
    const sleeping = systemClock()
      .sleep(2 ** 33, own.signal)
      .then(() => 'woke', kindOf);
    const first = await Promise.race([sleeping, new Promise((resolve) => setTimeout(resolve, 20, 'asleep'))]);
    own.abort();
    expect(first).to.equal('asleep');
  });

  it('ticks again and again, one tick after the other, whatever becomes of a tick, until it is ended', async () => {
    const log: string[] = [];
    const done = new Promise<void>((resolve) => {
      const end = systemClock().every(1, async () => {
        log.push('in');
        await Promise.resolve();
        log.push('out');
        if (log.length === 6) {
          end();
          resolve();
        }
        throw new Error('a tick that fails');
      });
    });
    await done;
    await systemClock().sleep(10);
    expect(log).to.deep.equal(['in', 'out', 'in', 'out', 'in', 'out']);
  });
});
