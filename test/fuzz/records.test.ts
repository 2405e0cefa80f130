import { expect } from 'chai';
import * as fc from 'fast-check';
import type { Json } from '../../src/domain/json.js';
import type { Plan } from '../../src/domain/plan.js';
import { type Codecs, type Decoded, encodePlan, loadCodecs } from '../../src/formats/codecs.js';
import { commonPart } from '../../src/planner/approval.js';
import { digestOf } from '../../src/planner/digest.js';
import { makePlan } from '../../src/planner/plan.js';
import { renderHistory } from '../../src/views/human/history.js';
import { renderPlan } from '../../src/views/human/plan.js';
import { figure } from '../support/figures.js';
import { lengthOf, SEED } from '../support/length.js';
import { mutationsOf } from '../support/mutations.js';
import { HISTORY, JOURNAL } from '../unit/formats/samples.js';
import { consumer, inputOf, NOW, observedOf, policyOf, sha256 } from '../unit/planner/support.js';
import { FORBIDDEN, PLAIN } from '../unit/views/samples.js';

const RUNS = lengthOf(500, 50_000);

const { plan: FRESH } = makePlan(
  inputOf({
    policies: [policyOf('a', { consumers: [consumer('app')] }), policyOf('b'), policyOf('c', { dependsOn: [] })],
    observations: { a: observedOf(40), b: observedOf(50), c: observedOf(1) },
  }),
);

/** What is wrong with letting this text approve something. */
function faultsOf(approved: Plan, run: readonly unknown[]): readonly string[] {
  const isOwn = run.every((change) => FRESH.changes.includes(change as Plan['changes'][number]));
  return [
    ...(isOwn ? [] : ['something is run that the fresh plan does not hold']),
    ...(run.length > 0 && digestOf(approved, sha256) !== approved.digest ? ['an edited plan approves something'] : []),
  ];
}

function plain(record: unknown): fc.Arbitrary<Json> {
  return mutationsOf(JSON.parse(JSON.stringify(record)) as Json);
}

/** As a forger has it, who computes the digest anew. @throws whatever a document that is no plan makes it throw. */
function withDigest(document: Json): Json {
  const digest = digestOf(document as unknown as Plan, sha256);
  return Object.assign({}, document, { digest });
}

describe('[U] fuzzed plan files, journals and history', function () {
  this.timeout(lengthOf(60_000, 3_600_000));
  let codecs: Codecs;
  before(async () => {
    codecs = await loadCodecs();
  });

  /** Counts what a decoder takes; nothing throws, and nothing is refused without a word. */
  function decodeAll<T>(
    documents: fc.Arbitrary<Json>,
    decode: (text: string) => Decoded<T>,
    use: (value: T) => void = () => undefined,
  ): number {
    let taken = 0;
    fc.assert(
      fc.property(documents, (document) => {
        const decoded = decode(JSON.stringify(document));
        expect(Object.hasOwn(Object.prototype, 'polluted'), 'a polluted prototype').to.equal(false);
        if (!decoded.ok) return void expect(decoded.summary).to.match(/\w/);
        taken += 1;
        return use(decoded.value);
      }),
      { numRuns: RUNS, seed: SEED },
    );
    return taken;
  }

  it('are plans that never approve what the fresh plan does not hold, and show nothing raw', () => {
    let ran = 0;
    const document = JSON.parse(encodePlan(FRESH)) as Json;
    const forged = mutationsOf(document).map((value) => {
      try {
        return withDigest(value);
      } catch {
        return value;
      }
    });
    const taken = decodeAll(
      fc.oneof(mutationsOf(document), forged),
      (text) => codecs.decodePlan(text),
      (approved) => {
        const { run } = commonPart(approved, FRESH, { now: NOW, sha256 });
        expect(faultsOf(approved, run)).to.deep.equal([]);
        ran += run.length;
        for (const details of [true, false])
          expect(renderPlan(approved, { ...PLAIN, details })).not.to.match(FORBIDDEN);
      },
    );
    figure(`${RUNS} plans, ${taken} of them readable, ${ran} changes approved by them (seed ${SEED})`);
    expect(taken, 'plans that could be read').to.be.greaterThan(RUNS / 20);
    expect(ran, 'changes that ran').to.be.greaterThan(0);
  });

  it('are journals that are read whole or refused with a word', () => {
    const taken = decodeAll(plain(JOURNAL), (text) => codecs.decodeJournal(text));
    figure(`${RUNS} journals, ${taken} of them readable (seed ${SEED})`);
    expect(taken).to.be.within(1, RUNS - 1);
  });

  it('are entries of history that show nothing raw', () => {
    const taken = decodeAll(
      plain(HISTORY),
      (text) => codecs.decodeHistory(text),
      (entry) => {
        for (const details of [true, false])
          expect(renderHistory([entry], { ...PLAIN, details })).not.to.match(FORBIDDEN);
      },
    );
    figure(`${RUNS} entries of history, ${taken} of them readable (seed ${SEED})`);
    expect(taken).to.be.within(1, RUNS - 1);
  });

  it('would be caught approving something of their own, or after an edit', () => {
    const [first] = FRESH.changes;
    if (first === undefined) throw new Error('the fresh plan changes nothing');
    const edited = { ...FRESH, changes: [{ ...first, steps: [] }] };
    expect(faultsOf(FRESH, [first])).to.deep.equal([]);
    expect(faultsOf(FRESH, [{ ...first }])).to.have.length(1);
    expect(faultsOf(edited, [first])).to.have.length(1);
  });

  it('are bytes that are refused', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
        expect(codecs.decodePlan(text).ok || codecs.decodeJournal(text).ok || codecs.decodeHistory(text).ok).to.equal(
          false,
        );
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });
});
