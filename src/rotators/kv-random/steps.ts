import type { Handlers } from '../../domain/rotator.js';
import { kvValueHandlers } from '../kv-value/decide.js';
import { numberIn, stringIn } from '../steps/records.js';
import { stageHandler } from '../steps/stage.js';

export const handlers: Handlers = {
  ...kvValueHandlers,
  stage: stageHandler((params, crypto) =>
    crypto.randomMaterial(numberIn(params, 'length'), stringIn(params, 'alphabet'), stringIn(params, 'prefix')),
  ),
};
