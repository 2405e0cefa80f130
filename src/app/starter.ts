import { resolve } from 'node:path';
import { isThere, makeFolder } from '../adapters/files/folders.js';
import { isFault } from '../domain/fault.js';
import type { Runtime } from './runtime.js';
import { type Failure, failure } from './failure.js';
import { saveText } from './files.js';

const SCHEMA = '# yaml-language-server: $schema=https://keyturn.dev/schemas/policy.schema.json\n';

const FILES: readonly (readonly [name: string, text: string])[] = [
  [
    'keyturn.yaml',
    `${SCHEMA}apiVersion: keyturn/v1
kind: Settings
inventory: my-inventory # part of every state path; choose it once
vault:
  address: https://vault.example.com:8200 # VAULT_ADDR overrides
  state: keyturn # vault secrets enable -path=keyturn -version=2 kv
`,
  ],
  [
    'schedules.yaml',
    `${SCHEMA}apiVersion: keyturn/v1
kind: Schedules
schedules:
  monthly: { every: 30d, window: nights }
windows:
  nights: { cron: "0 1 * * *", lasts: 4h, timezone: UTC }
`,
  ],
  [
    'example.yaml',
    `${SCHEMA}apiVersion: keyturn/v1
kind: kv-random
id: example/password
description: A random password; give it consumers and a check, or remove this file
schedule: monthly
vault: { path: secret/example/password, field: password }
`,
  ],
];

/** Writes a first inventory into a folder; never over a file that is there. */
export async function writeStarter(
  runtime: Runtime,
  folder: string,
): Promise<{ readonly ok: true; readonly files: readonly string[] } | Failure> {
  const files = FILES.map(([name, text]) => ({ path: `${folder.replace(/\/+$/, '')}/${name}`, text }));
  const there = [];
  for (const { path } of files) if (await isThere(resolve(runtime.cwd, path))) there.push(path);
  if (there.length > 0)
    return failure(
      'failure',
      there.map((path) => ({
        severity: 'error',
        code: 'KT6004',
        summary: `\`${path}\` is there already`,
        action: 'Name another folder',
      })),
    );
  await makeFolder(resolve(runtime.cwd, folder)).catch((error: unknown) => {
    // Whatever keeps the folder from being made keeps the files from being written, and is said there.
    if (!isFault(error)) throw error;
  });
  const problems = [];
  for (const { path, text } of files)
    problems.push(...[await saveText(runtime, path, text, 0o644)].filter((problem) => problem !== undefined));
  return problems.length > 0 ? failure('failure', problems) : { ok: true, files: files.map(({ path }) => path) };
}
