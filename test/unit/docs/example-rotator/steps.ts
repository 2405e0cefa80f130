import type { Handlers } from '../../../../src/domain/rotator.js';
import { kvValueHandlers } from '../../../../src/rotators/kv-value/decide.js';
import { numberIn } from '../../../../src/rotators/steps/records.js';
import { stageHandler } from '../../../../src/rotators/steps/stage.js';

/** The shared handlers, and the one that makes the value: it exists inside Material and in Vault, nowhere else. */
export const handlers: Handlers = {
  ...kvValueHandlers,
  stage: stageHandler((params, crypto) => crypto.randomMaterial(numberIn(params, 'digits'), '0123456789', '')),
};
