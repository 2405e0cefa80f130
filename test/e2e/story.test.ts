import { expect } from 'chai';
import { Story } from '../../demo/story.js';
import { startWorld } from '../../demo/world.js';
import { describeReal } from '../support/real/require.js';

/** Tells the whole story once; what it wrote is shown only where a part did not hold. */
async function tell(isReal: boolean): Promise<void> {
  const world = await startWorld(isReal);
  let told = '';
  try {
    const story = new Story(world, (text) => void (told += text), Date.now());
    await story.tell();
    expect(story.failures, told).to.deep.equal([]);
    expect(told).to.include('Every part held.');
  } finally {
    await world.close();
  }
}

describe('[I] the story on the embedded world', () => {
  it('holds in every part', () => tell(false));
});

describeReal(['openbao', 'testcluster'], '[I] the story on real servers', () => {
  it('holds in every part', () => tell(true));
});
