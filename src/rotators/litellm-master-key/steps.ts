import type { Diagnostic } from '../../domain/diagnostic.js';
import { workloadKey } from '../../domain/observation.js';
import type { Handlers, StepContext } from '../../domain/rotator.js';
import { kvValueHandlers } from '../kv-value/decide.js';
import { restartHandler } from '../steps/restart.js';
import { stageHandler } from '../steps/stage.js';
import { workloadOf } from '../steps/values.js';
import { MASTER_KEY } from './spec.js';

export const handlers: Handlers = {
  ...kvValueHandlers,
  stage: stageHandler((_params, crypto) =>
    crypto.randomMaterial(MASTER_KEY.length, MASTER_KEY.alphabet, MASTER_KEY.prefix),
  ),
  restart: {
    ...restartHandler,
    async preflight(context) {
      return [...((await restartHandler.preflight?.(context)) ?? []), ...(await saltKey(context))];
    },
  },
};

/**
 * Without LITELLM_SALT_KEY the proxy encrypts its database with the master key, and a new one would make it unreadable
 * (docs.litellm.ai/docs/proxy/master_key_rotations). Judged on the Deployment's spec: which variables its containers have.
 */
async function saltKey(context: StepContext): Promise<readonly Diagnostic[]> {
  const ref = workloadOf(context);
  const workload = await (await context.ports.kubernetes()).readWorkload(ref);
  const names = new Set(workload?.env.map((variable) => variable.name));
  if (!names.has('DATABASE_URL') || names.has('LITELLM_SALT_KEY')) return [];
  return [
    {
      severity: 'error',
      code: 'KT4010',
      id: context.open.change.id,
      summary: `${workloadKey(ref)} has a database (DATABASE_URL) and no LITELLM_SALT_KEY`,
      detail: 'What the proxy stored encrypted would become unreadable with a new master key',
      action: 'Set LITELLM_SALT_KEY to the current master key, roll the proxy out, and plan again',
    },
  ];
}
