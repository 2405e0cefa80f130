import type { Transport } from '../../../../src/adapters/vault/transport.js';
import type { Call, Reply } from '../../../../src/adapters/vault/call.js';
import { createApi } from '../../../../src/adapters/vault/api.js';
import type { Api } from '../../../../src/adapters/vault/api.js';
import type { SystemClock } from '../../../../src/adapters/system/clock.js';
import { isFault } from '../../../../src/domain/fault.js';
import type { FaultDetails } from '../../../../src/domain/fault.js';
import { Material } from '../../../../src/domain/material.js';

export const NOW = Date.UTC(2026, 10, 24, 11, 0, 0);

/** A clock that stands until it is slept on. */
export class FakeClock implements SystemClock {
  time = 0;
  readonly pauses: number[] = [];
  /** Called before each sleep; may throw, as a signal makes a sleep throw. */
  before: () => void = () => undefined;

  now(): number {
    return NOW + this.time;
  }

  monotonic(): number {
    return this.time;
  }

  async sleep(length: number): Promise<void> {
    this.pauses.push(length);
    await Promise.resolve();
    this.before();
    this.time += length;
  }

  every(): () => void {
    return () => undefined;
  }

  stopping(): boolean {
    return false;
  }
}

/** JSON of a status, as Vault answers. */
export function reply(status: number, body?: unknown, headers: Reply['headers'] = {}): Reply {
  return { status, headers, body, json: body === undefined ? 'none' : 'yes' };
}

export const errors = (status: number, ...messages: readonly string[]): Reply => reply(status, { errors: messages });
export const page = (status: number): Reply => ({ status, headers: {}, body: undefined, json: 'no' });

type Script = (call: Call) => Reply | undefined;

export interface FakeVault {
  readonly api: Api;
  readonly clock: FakeClock;
  readonly transport: Transport;
  /** `GET secret/data/a?version=1`, in order. */
  readonly asked: string[];
}

/** A Vault that answers by a function; what it does not know is an error of the test. */
export function fakeVault(script: Script): FakeVault {
  const asked: string[] = [];
  const clock = new FakeClock();
  let token: Material | undefined = new Material('test-token-0123456789');
  const transport: Transport = {
    server: 'Vault test',
    async call(call) {
      const name = `${call.method} ${call.path}${call.query === undefined ? '' : `?${call.query}`}`;
      asked.push(name);
      await Promise.resolve();
      const answer = script(call);
      if (answer === undefined) throw new Error(`not in the script: ${name}`);
      return answer;
    },
    setToken(next) {
      token = next;
    },
    token: () => token,
    serverTime: () => undefined,
    close: () => Promise.resolve(),
  };
  return { api: createApi(transport, clock), clock, transport, asked };
}

/** The details of the Fault that a promise must be rejected with. */
export async function faultOf(promise: Promise<unknown>): Promise<FaultDetails> {
  try {
    await promise;
  } catch (error) {
    if (isFault(error)) return error.details;
    throw error;
  }
  throw new Error('no fault was thrown');
}
