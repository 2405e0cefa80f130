import type { Diagnostic } from '../domain/diagnostic.js';
import { isFault } from '../domain/fault.js';
import type { OpenChange } from '../domain/journal.js';
import type { Change } from '../domain/plan.js';
import type { Right, StepContext } from '../domain/rotator.js';
import type { Step } from '../domain/step.js';
import { emptyJournal } from './log.js';
import { contextOf } from './perform.js';
import type { World } from './world.js';

/** Everything that can be known to stand in the way before anything is made: rights for do and undo, and what the handlers look at. */
export async function preflight(world: World, change: Change): Promise<readonly Diagnostic[]> {
  try {
    const missing = await missingRights(world, change);
    return missing.length > 0 ? missing : await obstacles(world, change);
  } catch (error) {
    if (!isFault(error) || error.details.kind === 'interrupted') throw error;
    return [
      {
        severity: 'error',
        code: 'KT4011',
        id: change.id,
        summary: error.message,
        action: 'Put it right and apply again; nothing was begun',
      },
    ];
  }
}

function handlerOf(world: World, change: Change, step: Step) {
  return world.rotators.get(change.kind)?.handlers[step.verb];
}

async function obstacles(world: World, change: Change): Promise<readonly Diagnostic[]> {
  const found: Diagnostic[] = [];
  for (const step of change.steps) {
    const handler = handlerOf(world, change, step);
    found.push(...((await handler?.preflight?.(provisional(world, change, step))) ?? []));
  }
  return found;
}

/** The context that the step would have as the first of its change. */
function provisional(world: World, change: Change, step: Step): StepContext {
  const open: OpenChange = {
    change,
    rotation: '0000000000000000',
    claimedAt: change.bindings.policyHash,
    revision: null,
    turn: 0,
    records: [],
  };
  const journal = { ...emptyJournal(change), open };
  return contextOf({ world, id: change.id, writer: { journal: () => journal } }, step);
}

async function missingRights(world: World, change: Change): Promise<readonly Diagnostic[]> {
  const pending = world.paths.pending(change.id);
  const rights = [...change.steps, ...change.undo].flatMap(
    (step) => handlerOf(world, change, step)?.rights(step, pending) ?? [],
  );
  const lacking = [
    ...(await lackingInVault(world, [...rights, ...stateRights(world, change.id)])),
    ...(await lackingInKubernetes(world, rights)),
  ];
  return lacking.map(
    ({ what, action }): Diagnostic => ({
      severity: 'error',
      code: 'KT4001',
      id: change.id,
      summary: `this login may not ${what}`,
      action,
    }),
  );
}

/** What the journal itself needs. */
function stateRights({ paths }: World, id: string): readonly Right[] {
  const record = ['create', 'read', 'update'];
  return [
    { system: 'vault', kind: 'data', path: paths.journal(id), capabilities: record },
    { system: 'vault', kind: 'data', path: paths.history(id, '0000000000000000'), capabilities: record },
    { system: 'vault', kind: 'data', path: paths.marker(id, '0000000000000000'), capabilities: record },
    { system: 'vault', kind: 'metadata', path: paths.marker(id, '0000000000000000'), capabilities: ['delete'] },
  ];
}

interface Lacking {
  readonly what: string;
  readonly action: string;
}

async function lackingInVault(world: World, rights: readonly Right[]): Promise<readonly Lacking[]> {
  const wanted = new Map<string, { readonly kind: string; readonly capabilities: Set<string> }>();
  for (const right of rights) {
    if (right.system !== 'vault') continue;
    const path = await world.ports.kv.apiPath(right.kind, right.path);
    const known = wanted.get(path) ?? { kind: right.kind, capabilities: new Set<string>() };
    for (const capability of right.capabilities) known.capabilities.add(capability);
    wanted.set(path, known);
  }
  const granted = await world.ports.kv.capabilities([...wanted.keys()].toSorted());
  return [...wanted].flatMap(([path, { kind, capabilities }]) => {
    const have = granted[path] ?? [];
    if (have.includes('root')) return [];
    const missing = [...capabilities].filter(
      (capability) => !have.includes(capability) && !(kind === 'data' && replaced(capability, have)),
    );
    return missing.length === 0
      ? []
      : [{ what: `${missing.join(', ')} ${path} in Vault`, action: grant(path, [...capabilities]) }];
  });
}

/** A role without `patch` on data may read and write the whole instead; of metadata there is no such way. */
function replaced(capability: string, have: readonly string[]): boolean {
  return capability === 'patch' && have.includes('read') && have.includes('update');
}

function grant(path: string, capabilities: readonly string[]): string {
  return `Add to the Vault policy of the apply role: path "${path}" { capabilities = ${JSON.stringify(capabilities)} }`;
}

async function lackingInKubernetes(world: World, rights: readonly Right[]): Promise<readonly Lacking[]> {
  const asked = new Map<string, Extract<Right, { system: 'kubernetes' }>>();
  for (const right of rights) if (right.system === 'kubernetes') asked.set(JSON.stringify(right.access), right);
  if (asked.size === 0) return [];
  const kubernetes = await world.ports.kubernetes();
  const answers = await Promise.all(
    [...asked.values()].map(async ({ access }) => ({ access, allowed: await kubernetes.allowed(access) })),
  );
  return answers
    .filter(({ allowed }) => !allowed)
    .map(({ access: { verb, resource, namespace, name } }) => ({
      what: `${verb} ${resource}${name === undefined ? '' : ` ${name}`} in namespace ${namespace} of Kubernetes`,
      action: `Add verb ${verb} on ${resource} to a Role of namespace ${namespace}`,
    }));
}
