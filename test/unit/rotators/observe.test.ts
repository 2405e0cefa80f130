import { expect } from 'chai';
import { labelKey, labelText } from '../../../src/domain/label.js';
import {
  type Answer,
  type Answers,
  type AnswerValue,
  type KvMetadata,
  queryKey,
  type WorkloadView,
} from '../../../src/domain/observation.js';
import type { Policy } from '../../../src/domain/policy.js';
import { interpret, queries } from '../../../src/rotators/kv-value/observe.js';
import { limits as litellmLimits } from '../../../src/rotators/litellm-master-key/limits.js';
import { limits as randomLimits } from '../../../src/rotators/kv-random/limits.js';
import { specOf } from '../../../src/rotators/kv-random/spec.js';
import { policyOf, sha256 } from '../../support/memory-world.js';

const policy = policyOf('kv-random');
const ROTATION = '00000000000000aa';
const SPEC = '0123456789ab';
const CREATED = Date.parse('2026-11-20T10:00:00.000Z');
const KEY_CREATED = Date.parse('2026-01-01T00:00:00Z');
const BIRTH = '2026-11-20T10:00:00.000Z';

function metadata(more: Partial<KvMetadata> = {}): KvMetadata {
  return {
    currentVersion: 7,
    createdAt: CREATED,
    keyCreatedAt: KEY_CREATED,
    deleted: false,
    maxVersions: 0,
    deleteVersionAfter: 0,
    customMetadata: {},
    ...more,
  };
}

function label(more: Partial<Parameters<typeof labelText>[0]> = {}, field = 'key'): Record<string, string> {
  return { [labelKey(field)]: labelText({ rotation: ROTATION, birth: BIRTH, version: 7, specHash: SPEC, ...more }) };
}

function view(annotations: Record<string, string> = {}, managers: Record<string, string> = {}): WorkloadView {
  return { templateAnnotations: annotations, replicas: 1, annotationManagers: managers };
}

interface Seen {
  readonly metadata?: KvMetadata | null;
  readonly fields?: readonly string[];
  readonly workload?: WorkloadView | null;
  readonly policy?: Policy;
}

/** Answers to everything that is asked, and what they mean. */
function observed(seen: Seen) {
  const about = seen.policy ?? policy;
  const ok = (value: AnswerValue): Answer => ({ ok: true, value });
  const { metadata: found = metadata() } = seen;
  const answers = new Map<string, Answer>([
    [`kvMetadata ${about.vault.path}`, ok({ type: 'kvMetadata', metadata: found })],
    [`kvSubkeys ${about.vault.path} 7`, ok({ type: 'kvSubkeys', fields: seen.fields ?? ['key'] })],
    [
      'workload Deployment ns/app',
      ok({ type: 'workload', workload: seen.workload === undefined ? view() : seen.workload }),
    ],
  ]);
  return interpret(about, answers, sha256);
}

const ANNOTATION = `keyturn.dev/${sha256(policy.id).slice(0, 12)}`;

describe('[U] rotators: what the answers mean', () => {
  it('a path that does not exist has no value', () => {
    expect(observed({ metadata: null })).to.include({ state: 'observed', present: false, version: 0 });
  });

  it('a deleted version has none, nor has one without the field', () => {
    expect(observed({ metadata: metadata({ deleted: true }) })).to.include({ present: false, version: 7 });
    expect(observed({ fields: ['other'] })).to.include({ present: false, version: 7, versionCreatedAt: CREATED });
  });

  it('a value without a label is as old as its version, where it has the path to itself', () => {
    expect(observed({})).to.include({ present: true, birth: CREATED, birthFrom: 'version' });
  });

  it('and as old as the path, where siblings may have made the version', () => {
    expect(observed({ fields: ['key', 'other'] })).to.include({ birth: KEY_CREATED, birthFrom: 'key' });
  });

  it('a label that names the version says which generation it is', () => {
    const found = observed({ metadata: metadata({ customMetadata: label() }) });
    expect(found).to.include({ birth: CREATED, birthFrom: 'label', rotation: ROTATION, specHash: SPEC });
  });

  it('of a value that keyturn did not make it says the birth alone', () => {
    const { rotation: _none, ...text } = { rotation: ROTATION, birth: BIRTH, version: 7, specHash: SPEC };
    const found = observed({ metadata: metadata({ customMetadata: { [labelKey('key')]: labelText(text) } }) });
    expect(found).to.include({ birthFrom: 'label' });
    expect(found).to.not.have.any.keys('rotation', 'specHash', 'changedOutside');
  });

  it("a sibling's label explains a newer version", () => {
    const custom = { ...label({ version: 6 }), ...label({ version: 7 }, 'other') };
    expect(observed({ metadata: metadata({ customMetadata: custom }) })).to.include({
      birthFrom: 'label',
      rotation: ROTATION,
    });
  });

  it('on a shared path a newer version may be a sibling’s, so the label stands', () => {
    const found = observed({ metadata: metadata({ customMetadata: label({ version: 6 }) }), fields: ['key', 'other'] });
    expect(found).to.include({ birthFrom: 'label', rotation: ROTATION });
  });

  for (const [what, custom] of [
    ['a newer version of a path of its own', label({ version: 6 })],
    ['a label of a version that is not there yet', label({ version: 8 })],
    ['a birth later than its version', label({ birth: '2026-11-20T10:00:01.001Z' })],
    ['a birth that no calendar has', label({ birth: '2026-13-40T10:00:00.000Z' })],
  ] as const)
    it(`${what} was made outside, and its age restarts there`, () => {
      const found = observed({ metadata: metadata({ customMetadata: custom }) });
      expect(found).to.include({ present: true, birthFrom: 'version', birth: CREATED });
      expect(found).to.have.property('changedOutside').that.includes({ version: 7, at: CREATED });
    });

  it('a label rounded by less than a second is no birth too late', () => {
    const custom = label({ birth: '2026-11-20T10:00:01.000Z' });
    expect(observed({ metadata: metadata({ customMetadata: custom }) })).to.not.have.property('changedOutside');
  });

  it('a consumer whose template does not carry the live generation drifted, and whoever changed it is named', () => {
    const customMetadata = label();
    const workload = { kind: 'Deployment', namespace: 'ns', name: 'app' };
    const drift = (seen: WorkloadView | null) => {
      const found = observed({ metadata: metadata({ customMetadata }), workload: seen });
      return found.state === 'observed' ? found.driftedConsumers : undefined;
    };
    expect(drift(view({ [ANNOTATION]: `${ROTATION}.9` }))).to.deep.equal([]);
    expect(drift(view({ [ANNOTATION]: ROTATION }))).to.deep.equal([{ workload }]);
    expect(drift(view({}, { [ANNOTATION]: 'helm' }))).to.deep.equal([{ workload, manager: 'helm' }]);
    expect(drift(null), 'a missing one is missing, not drifted').to.deep.equal([]);
  });

  it('a consumer may still carry the name of before the secret was moved', () => {
    const moved = { ...policy, id: 'moved' as Policy['id'], movedFrom: policy.id };
    const seen = {
      policy: moved,
      metadata: metadata({ customMetadata: label() }),
      workload: view({ [ANNOTATION]: `${ROTATION}.9` }),
    };
    expect(observed(seen)).to.have.property('driftedConsumers').that.deep.equals([]);
  });

  it('a consumer that does not exist is named', () => {
    expect(observed({ workload: null }))
      .to.have.property('missingConsumers')
      .that.has.length(1);
  });
});

describe('[U] rotators: what is asked', () => {
  const asked = (known: Answers): readonly string[] => queries(policy, known).map(queryKey);
  const knowing = (found: KvMetadata | null): Answers =>
    new Map([[`kvMetadata ${policy.vault.path}`, { ok: true, value: { type: 'kvMetadata', metadata: found } }]]);

  it('field names only where no label explains the version', () => {
    const subkeys = `kvSubkeys ${policy.vault.path} 7`;
    expect(asked(new Map())).to.deep.equal([`kvMetadata ${policy.vault.path}`, 'workload Deployment ns/app']);
    expect(asked(knowing(metadata()))).to.include(subkeys);
    expect(asked(knowing(metadata({ customMetadata: label() })))).to.not.include(subkeys);
    expect(asked(knowing(metadata({ customMetadata: label({ version: 6 }) })))).to.include(subkeys);
    expect(asked(knowing(metadata({ deleted: true })))).to.not.include(subkeys);
    expect(asked(knowing(null))).to.not.include(subkeys);
  });
});

function codes(found: readonly { readonly code: string }[]): readonly string[] {
  return found.map(({ code }) => code);
}

describe('[U] kv-random: limits', () => {
  for (const [spec, expected] of [
    [{}, []],
    [{ length: 11, encoding: 'base62' }, []],
    [{ length: 10, encoding: 'base62' }, ['KT1903']],
    [{ length: 16, encoding: 'hex' }, []],
    [{ length: 15, encoding: 'hex' }, ['KT1903']],
    [{ alphabet: '0123456789', encoding: 'hex' }, ['KT1901']],
    [{ alphabet: '00123456789' }, ['KT1902']],
    [{ alphabet: '0000000000', encoding: 'hex', length: 8 }, ['KT1901', 'KT1902', 'KT1903']],
  ] as const)
    it(`${JSON.stringify(spec)}: ${expected.length === 0 ? 'none' : expected.join()}`, () => {
      const found = randomLimits({ ...policy, spec });
      expect(codes(found)).to.deep.equal(expected);
      for (const one of found) expect(one).to.deep.include({ severity: 'error', id: policy.id, source: policy.source });
    });

  it('the spec has defaults, and names of alphabets', () => {
    expect(specOf(policy)).to.include({ length: 32, prefix: '' });
    expect(specOf(policy).alphabet).to.have.length(62);
    expect(specOf({ ...policy, spec: { encoding: 'base64url' } }).alphabet).to.have.length(64);
    expect(specOf({ ...policy, spec: { encoding: 'hex', prefix: 'p', length: 9 } })).to.deep.equal({
      length: 9,
      alphabet: '0123456789abcdef',
      prefix: 'p',
    });
    expect(specOf({ ...policy, spec: { alphabet: 'xyz' } }).alphabet).to.equal('xyz');
  });
});

describe('[U] litellm-master-key: limits', () => {
  const litellm = policyOf('litellm-master-key');
  const checked = (url: string): Policy => ({
    ...litellm,
    ...(litellm.verify === undefined ? {} : { verify: { ...litellm.verify, url } }),
  });
  const { verify: _verify, ...unchecked } = litellm;

  for (const [what, about, expected] of [
    ['as it should be', litellm, []],
    ['without consumers', { ...litellm, consumers: [] }, ['KT1911']],
    ['without a check', unchecked, ['KT1912']],
    ['with a check of /health', checked('https://litellm:4000/health'), ['KT1913']],
    ['with a check of /health/ and a query', checked('https://litellm:4000/health/?x=1'), ['KT1913']],
    ['with a check of /health/liveliness', checked('https://litellm:4000/health/liveliness'), []],
  ] as const)
    it(`${what}: ${expected.length === 0 ? 'none' : expected.join()}`, () => {
      expect(codes(litellmLimits(about))).to.deep.equal(expected);
    });
});
