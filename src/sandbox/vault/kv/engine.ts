import type { Call, Engine } from '../engine.js';
import { secret, type Reply } from '../reply.js';
import { CONFIG_ROUTE } from './config.js';
import { DATA_ROUTES } from './data.js';
import { METADATA_ROUTES } from './metadata.js';

const ROOTS = new Set(['data', 'metadata', 'delete', 'undelete', 'destroy']);

/** The command that the server recommends for a path which belongs to version 1 of the engine. */
const COMMANDS: Readonly<Record<string, string>> = {
  list: 'list',
  scan: 'list',
  delete: 'delete',
  patch: 'patch',
  update: 'put',
};

function invalidPath(call: Call): Reply {
  const below = call.request.path.slice(call.mount.path.length);
  if (ROOTS.has(below)) {
    const warning = 'Non-listing operations on the root of a K/V v2 mount are not supported.';
    return secret(null, { status: 404, warnings: [warning] });
  }
  const command = COMMANDS[call.request.operation] ?? 'get';
  const warning =
    'Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use. ' +
    `If using the OpenBao CLI, use 'bao kv ${command}' for this operation.`;
  return secret(null, { status: 404, warnings: [warning] });
}

/** KV version 2: data, metadata, subkeys, delete, undelete, destroy, config, listings. */
export const KV_ENGINE: Engine = {
  routes: [CONFIG_ROUTE, ...DATA_ROUTES, ...METADATA_ROUTES],
  fallback: invalidPath,
};
