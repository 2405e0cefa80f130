import type { Diagnostic } from '../../domain/diagnostic.js';
import { isFault } from '../../domain/fault.js';
import { Material } from '../../domain/material.js';
import type { VaultAuth, VaultRole } from '../../domain/policy.js';
import type { Environment } from '../system/environment.js';
import { othersMayRead, readSmallFile } from '../system/files.js';
import type { Api } from './api.js';
import { refault } from './faults.js';
import { count, field, text, textMap, truth } from './guards.js';
import { fromFile, fromVariable, loginRequest } from './login-methods.js';
import type { LoginMethod, LoginRequest } from './login-methods.js';
import { problem, problemOfFault, warning } from './problems.js';
import type { Failed } from './problems.js';
import type { LoginLease } from './session.js';
import type { Call } from './call.js';
import { variable } from './variables.js';

/** A token and where it comes from. `login` is there where keyturn made the token itself. */
export interface Credentials {
  readonly token: Material;
  /** As a person says it: `VAULT_TOKEN`, `the jwt login at auth/jwt`. */
  readonly source: string;
  readonly login?: LoginLease;
  readonly warnings: readonly Diagnostic[];
}

export interface LoginOptions {
  readonly env: Environment;
  readonly auth?: VaultAuth;
  readonly role: VaultRole;
}

/**
 * A token by the first that there is of VAULT_TOKEN (BAO_TOKEN), the configured method, ~/.vault-token. One that is there and does not
 * work is a problem: falling through to the next would run under an identity that nobody chose.
 */
export async function obtainToken(api: Api, { env, auth, role }: LoginOptions): Promise<Credentials | Failed> {
  const given = variable(env, 'TOKEN');
  if (given !== undefined) return asGiven(fromVariable(env, given.name), given.name);
  if (auth?.method === 'tokenFile') return asGiven(await fromFile(auth.file), `the token file ${auth.file}`);
  if (auth !== undefined && auth.method !== 'token') return logIn(api, auth, role, env);
  return fromHome(env);
}

function asGiven(token: Material | Failed, source: string, warnings: readonly Diagnostic[] = []): Credentials | Failed {
  return 'problem' in token ? token : { token, source, warnings };
}

/** The file that `vault login` and `bao login` write. */
async function fromHome(env: Environment): Promise<Credentials | Failed> {
  const home = env['HOME'] ?? '';
  const path = `${home}/.vault-token`;
  const read = home === '' ? undefined : await readSmallFile(path);
  if (read === undefined || (!read.ok && read.code === 'ENOENT')) {
    const action = 'Set VAULT_TOKEN, configure vault.auth in keyturn.yaml, or run vault login';
    return { problem: problem('KT2003', 'there is no token for Vault and no way to log in', action) };
  }
  const warnings =
    read.ok && othersMayRead(read.file.mode)
      ? [warning('KT2015', `other users of this machine may read ${path}`, `chmod 600 ${path}`)]
      : [];
  return asGiven(await fromFile(path), '~/.vault-token', warnings);
}

async function logIn(api: Api, auth: LoginMethod, role: VaultRole, env: Environment): Promise<Credentials | Failed> {
  const source = `the ${auth.method} login at auth/${auth.mount}`;
  const request = await loginRequest(auth, role, env);
  if ('problem' in request) return request;
  try {
    const { token, login } = await send(api, request);
    return { token, source, login: { ...login, displayName: `${auth.method}-${login.displayName}` }, warnings: [] };
  } catch (error) {
    if (!isFault(error)) throw error;
    const { kind } = error.details;
    const refused = kind === 'invalid' || kind === 'denied';
    const clear = kind === 'absent' ? { said: 'no auth method is mounted there' } : {};
    return { problem: problemOfFault(refault(error, refused ? { kind: 'unauthenticated' } : clear), source) };
  }
}

async function send(
  api: Api,
  request: LoginRequest,
): Promise<{ readonly token: Material; readonly login: LoginLease }> {
  const call: Call = {
    method: 'POST',
    path: `auth/${request.mount}/login`,
    body: request.body,
    changes: true,
    shape: 'auth/:mount/login',
    secrets: request.secrets,
  };
  const reply = await api.askOpen(call);
  return api.parsed(call, reply, tokenOf(field(reply.body, 'auth')));
}

function tokenOf(auth: unknown): { readonly token: Material; readonly login: LoginLease } | undefined {
  const token = text(field(auth, 'client_token'));
  const ttl = count(field(auth, 'lease_duration'));
  if (token === undefined || token === '' || ttl === undefined) return undefined;
  const displayName = textMap(field(auth, 'metadata') ?? null)?.['role'] ?? 'login';
  const renewable = truth(field(auth, 'renewable')) ?? false;
  return { token: new Material(token), login: { displayName, ttl: ttl * 1000, renewable } };
}
