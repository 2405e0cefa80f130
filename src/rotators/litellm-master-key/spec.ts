import type { JsonObject } from '../../domain/json.js';

/**
 * `sk-litellm-` and 48 hex digits: LiteLLM demands the prefix `sk-` and refuses to start with an empty key or `sk-1234`
 * (docs.litellm.ai/docs/proxy/master_key_rotations).
 */
export const MASTER_KEY = { length: 48, alphabet: '0123456789abcdef', prefix: 'sk-litellm-' } as const;

export const specSchema: JsonObject = {
  type: 'object',
  title: 'litellm-master-key spec',
  description: 'This kind has no settings of its own: the key is always `sk-litellm-` and 48 hex digits.',
  additionalProperties: false,
  properties: {},
};
