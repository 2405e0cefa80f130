import type { Call, Engine } from './engine.js';
import { part } from './engine.js';
import { SYSTEM_MAX_TTL } from './tokens.js';
import { absent, fail, noContent, secret, type Reply } from './reply.js';
import { table } from './state.js';

function read(call: Call): Reply {
  const found = table(call.mount, 'values').get(part(call, 'path'));
  return found === undefined ? absent() : secret(found, { leaseDuration: SYSTEM_MAX_TTL });
}

function write(call: Call): Reply {
  if (Object.keys(call.request.data).length === 0) return fail(400, 'missing data fields');
  table(call.mount, 'values').set(part(call, 'path'), call.request.data);
  return noContent();
}

function remove(call: Call): Reply {
  table(call.mount, 'values').delete(part(call, 'path'));
  return noContent();
}

function list(call: Call): Reply {
  const prefix = part(call, 'path');
  const below = [...table(call.mount, 'values').keys()].filter((key) => key.startsWith(prefix));
  const names = new Set(below.map((key) => /^[^/]*\/?/.exec(key.slice(prefix.length))?.[0] ?? ''));
  return names.size === 0 ? absent() : secret({ keys: [...names].sort() });
}

/** KV version 1: one value per path, no versions. It takes any parameter. */
export const PLAIN_ENGINE: Engine = {
  routes: [
    {
      pattern: /^(?<path>.*)$/,
      fields: {},
      anyField: true,
      on: { read, update: write, delete: remove, list },
      exists: (call) => table(call.mount, 'values').has(part(call, 'path')),
    },
  ],
};
