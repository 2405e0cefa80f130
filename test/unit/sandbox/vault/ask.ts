import { startVault } from '../../../../src/sandbox/vault/server.js';
import type { EmbeddedVault, VaultOptions } from '../../../../src/sandbox/vault/server.js';

export const ROOT = 'root-of-the-test';

/** Whatever JSON held. */
type Parsed = ReturnType<typeof JSON.parse>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed body; an empty object where there was none. */
  readonly body: Parsed;
}

export interface Question {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly at?: string;
}

/** A running server, a clock that stands still until it is moved, and a way to ask it as root or as somebody else. */
export interface Bench {
  readonly vault: EmbeddedVault;
  ask(method: string, path: string, question?: Question): Promise<Answer>;
  /** Moves the server's clock by so many seconds. */
  wait(seconds: number): void;
  /** A token with a policy of this text. */
  tokenFor(policy: string, options?: Record<string, unknown>): Promise<string>;
}

const START = Date.parse('2026-11-24T11:00:00Z');

export async function bench(options: Partial<VaultOptions> = {}): Promise<Bench> {
  let now = START;
  const vault = await startVault({ rootToken: ROOT, now: () => now, ...options });
  let policies = 0;
  const ask: Bench['ask'] = async (method, path, question = {}) => {
    const patch = method === 'PATCH' ? { 'content-type': 'application/merge-patch+json' } : {};
    const response = await fetch(`${question.at ?? vault.address}/v1/${path}`, {
      method,
      redirect: 'manual',
      headers: { 'x-vault-token': question.token ?? ROOT, ...patch, ...question.headers },
      ...(question.body === undefined ? {} : { body: JSON.stringify(question.body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text.startsWith('{') ? JSON.parse(text) : {} };
  };
  return {
    vault,
    ask,
    wait: (seconds) => {
      now += seconds * 1000;
    },
    tokenFor: async (policy, token = {}) => {
      const name = `policy-${(policies += 1)}`;
      const written = await ask('PUT', `sys/policies/acl/${name}`, { body: { policy } });
      if (written.status !== 204) throw new Error(JSON.stringify(written.body));
      const made = await ask('POST', 'auth/token/create', { body: { policies: [name], ...token } });
      return made.body.auth.client_token as string;
    },
  };
}
