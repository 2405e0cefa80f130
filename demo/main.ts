import { Story } from './story.js';
import { startWorld } from './world.js';

/** `npm run demo` tells the story against the embedded world, `npm run e2e` (--real) against real servers. */
const world = await startWorld(process.argv.includes('--real'));
const story = new Story(world, (text) => void process.stdout.write(text), Date.now());
try {
  await story.tell();
} finally {
  await world.close();
}
process.exitCode = story.failures.length === 0 ? 0 : 1;
