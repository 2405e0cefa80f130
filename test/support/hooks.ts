import type { RootHookObject } from 'mocha';

import { closeShared } from './real/shared.js';

/** Root hooks of every test process; the runner hands them to mocha. */
export const mochaHooks: RootHookObject = {
  async afterAll() {
    await closeShared();
  },
};
