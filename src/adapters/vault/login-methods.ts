import { Material } from '../../domain/material.js';
import type { VaultAuth, VaultRole } from '../../domain/policy.js';
import type { Environment } from '../system/environment.js';
import { readSmallFile } from '../system/files.js';
import { isSafePath } from './paths.js';
import { problem } from './problems.js';
import type { Failed, Problem } from './problems.js';

/** A login as one request: `POST auth/<mount>/login`. */
export interface LoginRequest {
  readonly mount: string;
  readonly body: { readonly [name: string]: string };
  readonly secrets: readonly Material[];
}

type Method<Name extends VaultAuth['method']> = Extract<VaultAuth, { method: Name }>;
export type LoginMethod = Exclude<VaultAuth, { method: 'token' | 'tokenFile' }>;

/** Gathers what the method needs; `role` is the role of the command that runs. */
export async function loginRequest(
  auth: LoginMethod,
  role: VaultRole,
  env: Environment,
): Promise<LoginRequest | Failed> {
  if (!isSafePath(auth.mount)) return { problem: lacking(`auth/${auth.mount} is not a path of an auth method`) };
  switch (auth.method) {
    case 'jwt':
      return withJwt(auth, role, fromVariable(env, auth.tokenEnv));
    case 'kubernetes':
      return withJwt(auth, role, await fromFile(auth.tokenFile));
    case 'appRole':
      return appRole(auth, env);
  }
}

/** What a token, a secret id or a JWT can look like: one word of printable ASCII. Anything else would break the header, or is a page of text. */
export function fromVariable(env: Environment, name: string): Material | Failed {
  const text = env[name] ?? '';
  if (text === '') return { problem: lacking(`the variable ${name} is not set`) };
  return word(text, `the variable ${name}`);
}

/** As fromVariable, white space around the word taken off. */
export async function fromFile(path: string): Promise<Material | Failed> {
  const read = await readSmallFile(path);
  if (!read.ok) return { problem: lacking(`the file ${path} cannot be read (${read.code})`) };
  return word(read.file.text, `the file ${path}`);
}

/** A login without a role takes the default role of the mount, where it has one. */
function withJwt(
  auth: Method<'jwt'> | Method<'kubernetes'>,
  role: VaultRole,
  jwt: Material | Failed,
): LoginRequest | Failed {
  if ('problem' in jwt) return jwt;
  const name = auth.roles[role];
  const body = { ...(name === undefined ? {} : { role: name }), jwt: jwt.expose() };
  return { mount: auth.mount, body, secrets: [jwt] };
}

/** A role without a secret id is bound by other means (CIDR), so none is sent where none is configured. */
async function appRole(auth: Method<'appRole'>, env: Environment): Promise<LoginRequest | Failed> {
  const roleId = fromVariable(env, auth.roleIdEnv);
  if ('problem' in roleId) return roleId;
  const secretId = await secretIdOf(auth, env);
  if (secretId === undefined) return { mount: auth.mount, body: { role_id: roleId.expose() }, secrets: [roleId] };
  if ('problem' in secretId) return secretId;
  const body = { role_id: roleId.expose(), secret_id: secretId.expose() };
  return { mount: auth.mount, body, secrets: [roleId, secretId] };
}

async function secretIdOf(auth: Method<'appRole'>, env: Environment): Promise<Material | Failed | undefined> {
  if (auth.secretIdFile !== undefined) return fromFile(auth.secretIdFile);
  return auth.secretIdEnv === undefined ? undefined : fromVariable(env, auth.secretIdEnv);
}

function word(text: string, where: string): Material | Failed {
  const trimmed = text.trim();
  if (trimmed === '') return { problem: lacking(`${where} is empty`) };
  if (!/^[\x21-\x7e]+$/.test(trimmed))
    return { problem: lacking(`${where} holds something that is not one word of ASCII`) };
  return new Material(trimmed);
}

function lacking(summary: string): Problem {
  return problem('KT2004', summary, 'Provide it, or choose another login method under vault.auth');
}
