import { embeddedWorld } from './cluster-world.js';
import { describeWorkloads } from './workload.contract.js';

describeWorkloads('the embedded cluster', embeddedWorld);
