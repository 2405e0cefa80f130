import { describeReal } from '../support/real/require.js';
import { realWorld } from './cluster-world.js';
import { describeWorkloads } from './workload.contract.js';

describeReal('testcluster', '[C] on a real control plane', () => {
  describeWorkloads('a real cluster', realWorld);
});
