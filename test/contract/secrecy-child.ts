import { inspect } from 'node:util';
import { systemClock } from '../../src/adapters/system/clock.js';
import { createVault } from '../../src/adapters/vault/client.js';
import type { VaultOptions } from '../../src/adapters/vault/client.js';
import { Material } from '../../src/domain/material.js';
import { DIVIDER, SECRET_ID, TOKEN, VALUE } from './secrecy-values.js';

/*
 * Run as a process of its own, with every variable set that could lead a library astray: `node secrecy-child.js SCENARIO ADDRESS...`.
 * It prints everything that an error could be printed as, the addresses divided by a line of their own.
 */

type Scenario = 'token' | 'appRole';

async function run(address: string, scenario: Scenario): Promise<void> {
  const env: VaultOptions['env'] = scenario === 'token' ? { VAULT_TOKEN: TOKEN } : { ROLE_ID: 'role', SECRET_ID };
  const auth = { method: 'appRole', mount: 'approle', roleIdEnv: 'ROLE_ID', secretIdEnv: 'SECRET_ID' } as const;
  const result = await createVault({
    endpoint: { address, addressFrom: 'test', tls: { verify: true } },
    env,
    auth,
    role: 'apply',
    runId: 'secrecy-run',
    deadline: 1_000,
    clock: systemClock(),
    random: () => 0,
    retry: { attempts: 2, first: 1, longest: 1, random: () => 0 },
  });
  if (!result.ok) return show(result.problems);
  const { kv } = result.vault;
  const fields = { key: new Material(VALUE) };
  await kv.write('secret/a', fields, 0).catch(show);
  await kv.patch('secret/a', fields, 0).catch(show);
  await kv.read('secret/a').catch(show);
  show(result.vault);
  await result.vault.close();
}

function show(thing: unknown): void {
  const stack = thing instanceof Error ? (thing.stack ?? '') : '';
  const text = [inspect(thing, { depth: Infinity, showHidden: true }), JSON.stringify(thing), String(thing), stack];
  process.stdout.write(`${text.join('\n')}\n`);
}

const [, , scenario, ...addresses] = process.argv;
for (const address of addresses) {
  process.stdout.write(`${DIVIDER}\n`);
  await run(address, scenario === 'appRole' ? 'appRole' : 'token');
}
