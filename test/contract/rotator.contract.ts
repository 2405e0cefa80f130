import { expect } from 'chai';
import type { JsonObject } from '../../src/domain/json.js';
import { type Answers, type Observation, type Query, queryKey } from '../../src/domain/observation.js';
import type { Policy } from '../../src/domain/policy.js';
import type { Decision, Rotator } from '../../src/domain/rotator.js';
import type { StepVerb } from '../../src/domain/step.js';
import { loadValidator } from '../../src/formats/validator.js';
import { parsePolicies } from '../../src/policy/parse.js';
import { readHistory } from '../../src/executor/state.js';
import { fault } from '../support/memory-kv.js';
import { policyOf } from '../support/memory-world.js';
import { applied, planAgain, type WideWorld, wideWorld } from '../support/wide-world.js';

/** What one kind is tried with. */
export interface Fixture {
  /** Sentence part -> policy. */
  readonly policies: { readonly [name: string]: Policy };
  readonly accepted: readonly JsonObject[];
  readonly refused: readonly JsonObject[];
  /** An old value as somebody made it before keyturn. */
  readonly old: string;
}

const ACTIONS = ['create', 'rotate', 'reconcile'] as const;
const ROTATION = '00000000000000aa';

const SEEN = {
  state: 'observed',
  present: true,
  version: 3,
  rotation: ROTATION,
  driftedConsumers: [],
  missingConsumers: [],
} as const;

/** As observed, with every consumer of the policy drifted. */
function driftedIn(policy: Policy): Observation {
  const driftedConsumers = policy.consumers.map(({ kind, namespace, name }) => ({
    workload: { kind, namespace, name },
  }));
  return { ...SEEN, driftedConsumers };
}

function positions(decision: Decision['steps'], ...verbs: readonly StepVerb[]): readonly number[] {
  return decision.flatMap((step, i) => (verbs.includes(step.verb) ? [i] : []));
}

function expectBefore(steps: Decision['steps'], first: readonly StepVerb[], then: readonly StepVerb[]): void {
  const last = Math.max(-1, ...positions(steps, ...first));
  const next = Math.min(Infinity, ...positions(steps, ...then));
  expect(last, `${first.join()} before ${then.join()}`).to.be.lessThan(next);
}

/** Every kind keeps this, whatever it rotates. */
export function describeRotator(rotator: Rotator, fixture: Fixture): void {
  const policies = Object.entries(fixture.policies);

  describe(`[C] rotator ${rotator.kind}`, () => {
    describeSpec(rotator, fixture);
    for (const [name, policy] of policies) {
      describe(name, () => {
        for (const action of ACTIONS) describeDecision(rotator, policy, action);
        describeQueries(rotator, policy);
        describeWorld(rotator, policy, fixture.old);
      });
    }
  });
}

function describeSpec(rotator: Rotator, { accepted, refused }: Fixture): void {
  const check = async (spec: JsonObject): Promise<number> => {
    const validate = await loadValidator([rotator]);
    return validate(`spec-${rotator.kind}`, spec).length;
  };

  it('accepts its own examples and what it is tried with', async () => {
    const properties = (rotator.specSchema['properties'] ?? {}) as { readonly [name: string]: JsonObject };
    const examples = Object.entries(properties).flatMap(([name, { examples }]) =>
      (examples as JsonObject[]).map((example) => ({ [name]: example })),
    );
    for (const spec of [{}, ...examples, ...accepted]) expect(await check(spec), JSON.stringify(spec)).to.equal(0);
  });

  it('refuses unknown keys and what is out of bounds', async () => {
    for (const spec of [{ noSuchKey: 1 }, ...refused])
      expect(await check(spec), JSON.stringify(spec)).to.be.greaterThan(0);
  });

  it('describes every key, and itself in a sentence', () => {
    expect(rotator.summary).to.match(/^[A-Z].*\.$/);
    const properties = (rotator.specSchema['properties'] ?? {}) as { readonly [name: string]: JsonObject };
    for (const [name, property] of Object.entries(properties)) {
      expect(property['description'], name).to.be.a('string');
      expect(property['examples'], name).to.have.property('length').greaterThan(0);
    }
  });

  it('is given no grace where it cannot revoke', async () => {
    const text = `apiVersion: keyturn/v1\nkind: ${rotator.kind}\nid: x\nvault: { path: secret/x, field: f }\ngrace: 1h\n`;
    const file = { path: 'p.yaml', bytes: new TextEncoder().encode(text) };
    const { diagnostics } = parsePolicies([file], [rotator], await loadValidator([rotator]));
    expect(diagnostics.some(({ code }) => code === 'KT1309')).to.equal(!rotator.capabilities.revoke);
  });

  it('has a shape of plain data that depends on the spec alone', () => {
    const policy = policyOf(rotator.kind);
    const shape = rotator.shape(policy);
    expect(JSON.parse(JSON.stringify(shape))).to.deep.equal(shape);
    expect(rotator.shape({ ...policy, description: 'other', publish: [], consumers: [] })).to.deep.equal(shape);
  });
}

function describeDecision(rotator: Rotator, policy: Policy, action: (typeof ACTIONS)[number]): void {
  const decide = (): Decision => rotator.decide(policy, driftedIn(policy), action, []);
  const title = `decides to ${action}`;

  it(`${title}: plain data, the same for the same input`, () => {
    const input = JSON.stringify(policy);
    const decision = decide();
    expect(JSON.parse(JSON.stringify(decision))).to.deep.equal(decision);
    expect(decide()).to.deep.equal(decision);
    expect(JSON.stringify(policy), 'and the input stays').to.equal(input);
  });

  it(`${title}: steps of unique names, each with a handler`, () => {
    const { steps, undo } = decide();
    const all = [...steps, ...undo];
    expect(new Set(all.map(({ name }) => name)).size).to.equal(all.length);
    for (const step of all) expect(rotator.handlers, step.name).to.have.property(step.verb);
    for (const step of all) expect(step.target, step.name).to.not.equal('');
  });

  it(`${title}: one pivot, and it is the last step forward`, () => {
    const { steps, undo } = decide();
    if (steps.length === 0) expect(policy.consumers).to.deep.equal([]);
    expect(steps.map(({ pivot }) => pivot ?? false)).to.deep.equal(steps.map((_step, i) => i === steps.length - 1));
    for (const step of undo) expect(step).to.not.have.property('pivot');
  });

  it(`${title}: the way back names steps of the way forward`, () => {
    const { steps, undo } = decide();
    const names = new Set(steps.map(({ name }) => name));
    for (const step of undo) {
      expect(step.undoes, step.name).to.have.property('length').greaterThan(0);
      for (const name of step.undoes ?? []) expect(names, step.name).to.include(name);
    }
  });

  it(`${title}: in an order that keeps consumers alive`, () => {
    const { steps, undo } = decide();
    expectBefore(steps, ['stage'], ['promote']);
    expectBefore(steps, ['promote'], ['publish']);
    expectBefore(steps, ['publish', 'promote'], ['restart']);
    expectBefore(steps, ['restart'], ['wait']);
    expectBefore(steps, ['wait'], ['verify']);
    expectBefore(undo, ['unpublish', 'unpromote'], ['restart']);
    expectBefore(undo, ['restart'], ['wait']);
    expectBefore(undo, ['wait'], ['verifyOld']);
    const undone = new Set(undo.flatMap(({ undoes }) => undoes ?? []));
    for (const step of steps.filter(({ verb }) => verb === 'promote' || verb === 'publish'))
      expect(undone, `${step.name} can be taken back`).to.include(step.name);
  });

  it(`${title}: a wait for each restart, by its name`, () => {
    const { steps, undo } = decide();
    for (const list of [steps, undo]) {
      const waited = list.filter(({ verb }) => verb === 'wait').map(({ params }) => params['restart']);
      expect(waited).to.deep.equal(list.filter(({ verb }) => verb === 'restart').map(({ name }) => name));
    }
  });

  it(`${title}: no more than its capabilities promise`, () => {
    const { steps, noOverlap } = decide();
    const verbs = new Set<string>(steps.map(({ verb }) => verb));
    if (!rotator.capabilities.revoke) expect(verbs).to.not.include('revoke');
    if (rotator.capabilities.overlap) expect(noOverlap).to.equal(false);
    if (rotator.capabilities.generates && action !== 'reconcile') expect(steps[0]?.verb).to.equal('stage');
    if (action === 'reconcile')
      expect([...verbs].every((verb) => verb === 'restart' || verb === 'wait')).to.equal(true);
  });
}

function describeQueries(rotator: Rotator, policy: Policy): void {
  const metadata = {
    currentVersion: 3,
    createdAt: 0,
    keyCreatedAt: 0,
    deleted: false,
    maxVersions: 0,
    deleteVersionAfter: 0,
    customMetadata: {},
  };

  it('asks reads alone, and one metadata request', () => {
    const first = rotator.queries(policy, new Map());
    const asked = first.find(({ type }) => type === 'kvMetadata');
    if (asked === undefined) return expect.fail('no metadata asked for');
    const known: Answers = new Map([[queryKey(asked), { ok: true, value: { type: 'kvMetadata', metadata } }]]);
    const all = [...first, ...rotator.queries(policy, known)];
    const types = new Set<Query['type']>(['kvMetadata', 'kvSubkeys', 'workload']);
    for (const { type } of all) expect(types).to.include(type);
    const requests = new Set(all.map(queryKey).filter((key) => key.startsWith('kvMetadata')));
    expect(requests.size).to.equal(1);
    expect(new Set(all.map(queryKey).filter((key) => key.startsWith('workload'))).size).to.equal(
      policy.consumers.length,
    );
  });

  it('does not know what it was not told, and passes a fault on', () => {
    const unknown = rotator.interpret(policy, new Map());
    expect(unknown).to.deep.equal({ state: 'unobserved', faults: [] });
    const details = {
      kind: 'denied',
      server: 'Vault',
      call: 'GET',
      said: 'no',
      retriable: false,
      effect: 'none',
    } as const;
    const answers: Answers = new Map(
      rotator.queries(policy, new Map()).map((one) => [queryKey(one), { ok: false, fault: details }]),
    );
    const seen = rotator.interpret(policy, answers);
    expect(seen).to.deep.equal({ state: 'unobserved', faults: [...answers].map(() => details) });
  });
}

/** The last effect is refused once, when all the others have been made. */
function turnBackOnce(world: WideWorld): void {
  const { kv, wide, policy } = world;
  let first = true;
  const refuse = (): void => {
    if (!first) return;
    first = false;
    throw fault('invalid', 'no');
  };
  if (policy.consumers.length === 0) kv.before = (_n, call) => void (call === `patch ${policy.vault.path}` && refuse());
  const annotate = wide.annotateTemplate.bind(wide);
  wide.annotateTemplate = async (...args) => {
    refuse();
    return annotate(...args);
  };
}

function describeWorld(rotator: Rotator, policy: Policy, old: string): void {
  const forced = { forced: [policy.id] };
  const held = (world: WideWorld): string => world.kv.value(policy.vault.path, policy.vault.field) ?? '';

  it('rotates, and planning again finds nothing to do', async () => {
    const world = await wideWorld(rotator, policy, old);
    const plan = await applied(world, forced);
    expect(held(world)).to.not.equal(old);
    if (policy.consumers.length > 0) expect(world.wide.allHold(held(world))).to.equal(true);
    expect(plan).to.deep.include({ changes: [], notices: [], upToDate: [policy.id], complete: true });
    expect(world.kv.value(policy.vault.path, 'sibling')).to.equal('kept');
  });

  it('creates what is missing, and planning again finds nothing to do', async () => {
    const world = await wideWorld(rotator, policy, undefined);
    const plan = await applied(world);
    expect(held(world)).to.not.equal('');
    if (policy.consumers.length > 0) expect(world.wide.allHold(held(world))).to.equal(true);
    expect(plan).to.deep.include({ changes: [], notices: [], upToDate: [policy.id] });
  });

  it('restarts the consumers that drifted, no others, and then finds nothing to do', async () => {
    const world = await wideWorld(rotator, policy, old);
    await applied(world, forced);
    const value = held(world);
    const drifted = [...world.wide.workloads].slice(0, 1);
    for (const [, workload] of drifted) workload.annotations = {};
    world.wide.calls.length = 0;
    expect((await planAgain(world)).changes.map(({ action }) => action)).to.deep.equal(drifted.map(() => 'reconcile'));
    const plan = await applied(world);
    const restarted = world.wide.calls.filter((call) => call.startsWith('annotate'));
    expect(restarted).to.deep.equal(drifted.map(([name]) => `annotate ${name}`));
    expect(held(world), 'no new generation').to.equal(value);
    expect(plan).to.deep.include({ changes: [], upToDate: [policy.id] });
  });

  for (const ending of ['forward', 'back'] as const)
    it(`shows no value in journal, history, markers, labels, events or results, on the way ${ending}`, async () => {
      const world = await wideWorld(rotator, policy, old);
      if (ending === 'back') turnBackOnce(world);
      await applied(world, forced);
      const history = await readHistory(world.kv, world.paths, world.codec, policy.id);
      expect(history.map(({ outcome }) => outcome)).to.deep.equal([ending === 'back' ? 'undone' : 'rotated']);
      const texts = [JSON.stringify(await planAgain(world)), JSON.stringify(world.events)];
      for (const [path, { versions, custom }] of world.kv.paths) {
        texts.push(JSON.stringify(custom));
        if (path === policy.vault.path || path === world.paths.pending(policy.id)) continue;
        texts.push(...[...versions.values()].map(({ fields }) => JSON.stringify(fields)));
      }
      for (const { annotations } of [...world.wide.secrets.values(), ...world.wide.workloads.values()])
        texts.push(JSON.stringify(annotations));
      expect(world.made.length).to.be.greaterThan(2);
      for (const value of world.made)
        for (const form of [value, Buffer.from(value).toString('base64').replace(/=+$/, '')])
          expect(
            texts.some((text) => text.includes(form)),
            `${value.slice(0, 4)}… is found`,
          ).to.equal(false);
    });

  it('finds no fault with it', () => {
    expect(rotator.limits(policy)).to.deep.equal([]);
  });
}
