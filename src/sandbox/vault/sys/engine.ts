import type { Call, Engine, Route } from '../engine.js';
import { part } from '../engine.js';
import { absent, fail, flat, noContent, secret, type Reply } from '../reply.js';
import { CAPABILITY_ROUTES } from './capabilities.js';
import { MOUNT_ROUTES } from './mounts.js';
import { POLICY_ROUTES } from './policies.js';
import { WRAPPING_ROUTES } from './wrapping.js';

function readHeaders(call: Call): Reply {
  return flat({ headers: Object.fromEntries(call.world.state.auditedHeaders) });
}

function headerName(call: Call): string {
  return part(call, 'name').toLowerCase();
}

function readHeader(call: Call): Reply {
  const name = headerName(call);
  const settings = call.world.state.auditedHeaders.get(name);
  return settings === undefined ? fail(400, 'Could not find header in config') : flat({ [name]: settings });
}

function writeHeader(call: Call): Reply {
  call.world.state.auditedHeaders.set(headerName(call), { hmac: call.fields.flag('hmac') ?? false });
  return noContent();
}

function deleteHeader(call: Call): Reply {
  call.world.state.auditedHeaders.delete(headerName(call));
  return noContent();
}

function seal(call: Call): Reply {
  call.world.state.sealed = true;
  return noContent();
}

const NO_ROOT_ATTEMPT = { complete: false, otp: '', otp_length: 26, progress: 0, required: 1, started: false };

const NO_ROTATION = { n: 0, required: 1, started: false, t: 0 };

const OTHER_ROUTES: readonly Route[] = [
  { pattern: /^seal$/, fields: {}, on: { update: seal }, sudo: true },
  { pattern: /^audit\/?$/, fields: {}, on: { read: () => flat({}) }, sudo: true },
  { pattern: /^config\/auditing\/request-headers$/, fields: {}, on: { read: readHeaders }, sudo: true },
  {
    pattern: /^config\/auditing\/request-headers\/(?<name>[^/]+)$/,
    fields: { hmac: 'bool' },
    on: { read: readHeader, update: writeHeader, delete: deleteHeader },
    sudo: true,
  },
  { pattern: /^generate-root-token\/attempt$/, fields: {}, on: { read: () => secret(NO_ROOT_ATTEMPT) } },
  { pattern: /^rotate\/root\/init$/, fields: {}, on: { read: () => secret(NO_ROTATION) } },
  { pattern: /^leases\/lookup\/(?<prefix>.*)$/, fields: {}, on: { list: absent }, sudo: true },
];

/** The system's own endpoints. */
export const SYS_ENGINE: Engine = {
  routes: [...MOUNT_ROUTES, ...POLICY_ROUTES, ...CAPABILITY_ROUTES, ...WRAPPING_ROUTES, ...OTHER_ROUTES],
};
