import { embeddedWorld } from './cluster-world.js';
import { describeSecrets } from './secret.contract.js';

describeSecrets('the embedded cluster', embeddedWorld);
