import { describeReal } from '../support/real/require.js';
import { realWorld } from './cluster-world.js';
import { describeSecrets } from './secret.contract.js';

describeReal('testcluster', '[C] on a real control plane', () => {
  describeSecrets('a real cluster', realWorld);
});
