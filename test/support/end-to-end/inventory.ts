import { said } from '../cli.js';
import type { Scene } from './scene.js';

/** What a small inventory of random values may say beyond its defaults; all parts are YAML. */
export interface Inventory {
  /** More of `limits`. */
  readonly limits?: string;
  /** More documents of keyturn.yaml's keys. */
  readonly settings?: string;
  /** More keys of the Schedules document. */
  readonly schedules?: string;
  /** Name -> more keys of the policy; its id is `app/NAME`. */
  readonly policies: Readonly<Record<string, string>>;
}

/** Writes an inventory whose paths are the scene's own; short times, so that a killed run is soon taken over. */
export function writeInventory(
  scene: Scene,
  { limits = '', settings = '', schedules = '', policies }: Inventory,
): void {
  scene.write(
    'policies/keyturn.yaml',
    `apiVersion: keyturn/v1
kind: Settings
inventory: ${scene.name}
vault: { state: keyturn }
limits: { maxShare: 100%, callDeadline: 2s, leaseFor: 6s${limits} }
${settings}`,
  );
  scene.write(
    'policies/schedules.yaml',
    `apiVersion: keyturn/v1
kind: Schedules
schedules:
  monthly: { every: 30d }
${schedules}`,
  );
  for (const [name, more] of Object.entries(policies)) writePolicy(scene, name, more);
}

export function writePolicy(scene: Scene, name: string, more = ''): void {
  const schedule = /^schedule:/m.test(more) ? '' : 'schedule: monthly\n';
  scene.write(
    `policies/${name}.yaml`,
    `apiVersion: keyturn/v1
kind: kv-random
id: app/${name}
${schedule}vault: { path: ${pathOf(scene, name)}, field: value }
${more}`,
  );
}

export function pathOf(scene: Scene, name: string): string {
  return `secret/${scene.name}/${name}`;
}

/** A check that a policy may have; `refused` tells the old value apart. */
export function checkedBy(url: string): string {
  return `verify:
  http: { url: "${url}", header: "Authorization: Bearer {value}", ok: [200], refused: [401] }
`;
}

/** Puts values into Vault as others do, and takes them over with an age that makes them overdue. */
export async function seedOverdue(scene: Scene, names: readonly string[]): Promise<void> {
  const seeds = names.map(async (name) => {
    const value = scene.secret(`canary+${name}/${scene.name}==`);
    await scene.vault.ask('POST', pathOf(scene, name).replace('/', '/data/'), { data: { value } });
    const adopted = await scene.run(['adopt', `app/${name}`, '--born', '2026-01-01', '--auto-approve']);
    if (adopted.code !== 0) throw new Error(said(adopted));
  });
  await Promise.all(seeds);
}
