import { rolloutCases } from './rollout-cases.js';
import { embeddedServer } from './world.js';

describe('[I] the kubelet and a Deployment of consumers on the embedded API server', function () {
  this.timeout(30_000);
  rolloutCases(embeddedServer);
});
