import type { Json, JsonObject } from '../../../domain/json.js';
import type { Call, Route } from '../engine.js';
import { Refusal, badToken, fail, listed, noContent, secret, type Reply } from '../reply.js';
import type { WrappedReply } from '../state.js';
import { findToken, issueToken, revokeToken, type TokenWorld } from '../tokens.js';

const INVALID = 'wrapping token is not valid or does not exist';

/** What is kept, and under which path and for how many seconds. */
export interface Wrapping {
  readonly body: Json;
  readonly path: string;
  readonly seconds: number;
  readonly accessor?: string;
}

/** Keeps an answer's body under a token for one use; returns what the client gets instead. */
export function wrap(world: TokenWorld, wrapping: Wrapping): JsonObject {
  const { entry } = issueToken(world, {
    policies: ['response-wrapping'],
    path: wrapping.path,
    displayName: 'token',
    ttl: wrapping.seconds,
    explicitMaxTtl: wrapping.seconds,
    numUses: 1,
    renewable: false,
  });
  const info = {
    token: entry.id,
    accessor: entry.accessor,
    ttl: wrapping.seconds,
    creation_time: entry.issueTime,
    creation_path: wrapping.path,
    ...(wrapping.accessor === undefined ? {} : { wrapped_accessor: wrapping.accessor }),
  };
  world.state.wrapped.set(entry.id, {
    body: wrapping.body,
    creationPath: wrapping.path,
    creationTime: entry.issueTime,
    creationTtl: wrapping.seconds,
  });
  return {
    request_id: '',
    lease_id: '',
    renewable: false,
    lease_duration: 0,
    data: null,
    wrap_info: info,
    warnings: null,
    auth: null,
  };
}

interface Found {
  readonly id: string;
  readonly kept: WrappedReply;
}

function find(call: Call): Found {
  const given = call.fields.text('token') ?? '';
  const sent = call.request.token;
  if (given !== '' && sent !== '' && findToken(call.world, sent) === undefined) throw new Refusal(badToken());
  const id = given === '' ? sent : given;
  if (id === '') throw new Refusal(fail(403, 'error validating wrapping token: token is empty'));
  const kept = findToken(call.world, id) === undefined ? undefined : call.world.state.wrapped.get(id);
  if (kept === undefined) throw new Refusal(fail(400, INVALID));
  return { id, kept };
}

function makeWrapped(call: Call): Reply {
  if (call.request.wrapSeconds === 0) return fail(400, 'endpoint requires response wrapping to be used');
  return secret(call.request.data);
}

function lookUp(call: Call): Reply {
  const { kept } = find(call);
  return secret({
    creation_path: kept.creationPath,
    creation_time: kept.creationTime,
    creation_ttl: kept.creationTtl,
  });
}

function unwrap(call: Call): Reply {
  const { id, kept } = find(call);
  revokeToken(call.world, id);
  if (call.request.token === id && call.fields.text('token') === id) {
    // Sent in both places it is used up before it can be opened, and its content is lost.
    const reason = 'invalid token entry provided for use count decrementing';
    return listed(500, `error decrementing wrapping token's use-count: ${reason}`);
  }
  return kept.body === null ? noContent() : { kind: 'raw', status: 200, body: kept.body };
}

function rewrap(call: Call): Reply {
  const { id, kept } = find(call);
  revokeToken(call.world, id);
  const body = wrap(call.world, { body: kept.body, path: kept.creationPath, seconds: kept.creationTtl });
  return { kind: 'raw', status: 200, body };
}

const TOKEN: Route['fields'] = { token: 'string' };

/** sys/wrapping: response wrapping by request, look-up, unwrapping. */
export const WRAPPING_ROUTES: readonly Route[] = [
  { pattern: /^wrapping\/wrap$/, fields: {}, anyField: true, on: { update: makeWrapped } },
  { pattern: /^wrapping\/lookup$/, fields: TOKEN, on: { read: lookUp, update: lookUp }, open: true },
  { pattern: /^wrapping\/unwrap$/, fields: TOKEN, on: { update: unwrap }, open: true },
  { pattern: /^wrapping\/rewrap$/, fields: TOKEN, on: { update: rewrap } },
];
