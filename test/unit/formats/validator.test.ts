import { expect } from 'chai';
import type { ShapeProblem, Validate } from '../../../src/domain/shape.js';
import { loadValidator, validatorOf } from '../../../src/formats/validator.js';
import { KINDS } from '../policy/support.js';
import { EVENTS, HISTORY, JOURNAL, OUTPUTS, PLAN } from './samples.js';

const POLICY = { apiVersion: 'keyturn/v1', kind: 'random', id: 'a', vault: { path: 'secret/a', field: 'f' } };

describe('[U] the validator', () => {
  let validate: Validate;
  before(async () => {
    validate = await loadValidator(KINDS);
  });

  const texts = (schema: string, value: unknown) =>
    validate(schema, value).map(({ pointer, message }: ShapeProblem) => `${pointer} ${message}`);

  const policies: readonly (readonly [object, string])[] = [
    [{ owner: 1 }, '/owner must be a text, not a whole number'],
    [{ owner: '' }, '/owner must not be empty'],
    [{ description: 'x'.repeat(501) }, '/description must have at most 500 characters'],
    [{ labels: { a: true } }, '/labels/a must be a text, not true or false'],
    [{ labels: [] }, '/labels must be a mapping, not a list'],
    [{ vault: null }, '/vault must be a mapping, not empty'],
    [{ dependsOn: ['b', 'b'] }, '/dependsOn must not hold an entry twice'],
    [
      { schedule: { every: '30' } },
      '/schedule/every must be a duration of whole w, d, h, m, s from large to small, such as `90d`, `1w2d` or `300s`',
    ],
    [{ schedule: 1.5 }, '/schedule must be a text or a mapping, not a number'],
    [{ schedule: {} }, '/schedule needs exactly one of `every`, `cron`'],
    [{ schedule: { every: '1d', timezone: 'UTC' } }, '/schedule has `timezone`, which needs `cron`'],
    [{ verify: { http: { url: 'ftp://x', header: 'h' } } }, '/verify/http/url must be an absolute http or https URL'],
    [
      { verify: { http: { url: 'https://x', header: 'h', method: 'PUT' } } },
      '/verify/http/method must be one of `GET`, `HEAD`, `POST`',
    ],
    [{ verify: { http: { url: 'https://x', header: 'h', ok: [] } } }, '/verify/http/ok must not be empty'],
    [{ verify: { http: { url: 'https://x', header: 'h', ok: [199] } } }, '/verify/http/ok/0 must be at least 200'],
    [
      { verify: { http: { url: 'https://x', header: 'h', refused: [500] } } },
      '/verify/http/refused/0 must be at most 499',
    ],
    [{ apiVersion: 'v2' }, '/apiVersion must be `keyturn/v1`'],
    [{ 'a/b~c': 1 }, ' has an unknown key `a/b~c`'],
    [{ labels: { 'a/b': 1 } }, '/labels/a~1b must be a text, not a whole number'],
  ];
  for (const [more, problem] of policies)
    it(`says: ${problem.slice(0, 80)}`, () => {
      expect(texts('policy-common', { ...POLICY, ...more })).to.deep.equal([problem]);
    });

  it('says of settings which keys exclude each other', () => {
    const settings = {
      apiVersion: 'keyturn/v1',
      kind: 'Settings',
      inventory: 'a',
      vault: { auth: { appRole: { secretIdEnv: 'A', secretIdFile: 'b' } } },
    };
    expect(texts('settings', settings)).to.deep.equal([
      '/vault/auth/appRole may have only one of `secretIdEnv`, `secretIdFile`',
    ]);
  });

  it('judges a document by the schema for editors as by the schemas that validate uses', () => {
    const documents = [
      POLICY,
      { ...POLICY, kind: 'account-key' },
      { ...POLICY, spec: { length: 3 } },
      { ...POLICY, x: 1 },
      { ...POLICY, vault: {} },
    ];
    for (const document of documents) {
      const spec = 'spec' in document ? document.spec : {};
      const split = [...validate('policy-common', document), ...validate(`spec-${document.kind}`, spec)];
      expect(validate('policy', document).length > 0, JSON.stringify(document)).to.equal(split.length > 0);
      expect(validate(`policy-${document.kind}`, document).length > 0).to.equal(split.length > 0);
    }
    expect(validate('policy', { apiVersion: 'keyturn/v1', kind: 'Settings', inventory: 'a' })).to.deep.equal([]);
    expect(
      validate('policy', { apiVersion: 'keyturn/v1', kind: 'Settings', id: 'a' }).map(({ type }) => type),
    ).to.deep.equal(['missingKey', 'unknownKey']);
  });

  it('never quotes the value that it found', () => {
    const planted = 'hunter2-hunter2';
    const broken = {
      apiVersion: planted,
      kind: planted,
      id: `${planted}!`,
      owner: [planted],
      vault: { path: `${planted} `, field: ` ${planted}` },
      verify: { http: { url: planted, header: 7 } },
    };
    for (const schema of ['policy', 'policy-common', 'schedules', 'settings', 'plan', 'journal'])
      expect(JSON.stringify(validate(schema, broken)), schema).not.to.include(planted);
  });

  it('reports no more than two hundred problems of one value', () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`k${i}`, 1]));
    expect(validate('settings', many)).to.have.length(200);
  });

  it('accepts a full example of every record and output, and refuses each with a key more or a key less', () => {
    const records = {
      plan: PLAN,
      journal: JOURNAL,
      'history-entry': HISTORY,
      ...Object.fromEntries(Object.entries(OUTPUTS).map(([name, value]) => [`output-${name}`, value])),
    };
    for (const [name, value] of Object.entries(records)) {
      expect(texts(name, value), name).to.deep.equal([]);
      expect(texts(name, { ...value, surplus: 1 }), name).to.deep.equal([' has an unknown key `surplus`']);
      for (const key of Object.keys(value))
        if (key !== 'source' && key !== 'reason')
          expect(validate(name, { ...value, [key]: undefined }), `${name} ${key}`).not.to.deep.equal([]);
    }
  });

  it('accepts every type of event and refuses one that does not exist', () => {
    for (const event of EVENTS) {
      expect(texts('output-events', event), String(event['type'])).to.deep.equal([]);
      expect(texts('output-events', { ...event, surplus: 1 })).to.deep.equal([' has an unknown key `surplus`']);
    }
    expect(texts('output-events', { ...EVENTS[0], type: 'party' })).to.have.length(1);
  });

  it('takes a name that has no schema for a mistake of the program', () => {
    expect(() => validate('nothing', {})).to.throw(RangeError);
  });

  it('makes and compiles a schema once, when it is first used', async () => {
    let made = 0;
    const own = await validatorOf(
      new Map([['x', () => ((made += 1), { $id: 'https://keyturn.dev/schemas/x.schema.json', type: 'string' })]]),
    );
    expect([made, own('x', 'a'), own('x', 1).length, made]).to.deep.equal([0, [], 1, 1]);
  });
});
