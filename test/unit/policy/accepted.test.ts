import { expect } from 'chai';
import {
  inventoryOf,
  lines,
  load,
  onlyPolicy,
  parse,
  parseTexts,
  policy,
  SCHEDULES,
  SETTINGS,
  bytes,
} from './support.js';

describe('[U] what policies may look like', () => {
  before(load);

  it('includes a byte order mark, which is no column', () => {
    expect(lines(parseTexts({ 'p.yaml': `\ufeff${policy('a')}` }))).to.deep.equal([]);
    expect(lines(parseTexts({ 'p.yaml': `\ufeff${policy('a').replace('keyturn/v1', 'keyturn/v9')}` }))).to.deep.equal([
      'KT1102 p.yaml:1:13 "keyturn/v9"',
    ]);
  });

  it('includes CRLF, with the same places', () => {
    expect(lines(parseTexts({ 'p.yaml': policy('a', 'grace: 1h\n').replaceAll('\n', '\r\n') }))).to.deep.equal([
      'KT1309 p.yaml:5:8 "1h"',
    ]);
  });

  it('includes empty files, comments alone, tabs in comments and empty documents', () => {
    const texts = ['', '\n\n', '# nothing\n#\tyet\n', '---\n---\n', '--- # a\n...\n', 'null\n', '%YAML 1.2\n---\n'];
    for (const text of texts)
      expect(
        lines(
          parse([
            { path: 'k.yaml', bytes: bytes(SETTINGS) },
            { path: 'p.yaml', bytes: bytes(text) },
          ]),
        ),
        text,
      ).to.deep.equal([]);
  });

  it('includes several documents in one file, each with its own places', () => {
    const text = `${policy('a')}---\n# second\n${policy('b', 'owner: [x]\n')}`;
    expect(lines(parseTexts({ 'p.yaml': text }))).to.deep.equal(['KT1105 p.yaml:11:8 "[x]"']);
    expect(
      inventoryOf({ 'p.yaml': `${SCHEDULES}---\n${policy('b')}---\n${policy('a')}` }).policies.map(({ id }) => id),
    ).to.deep.equal(['a', 'b']);
  });

  it('includes yes, dates and octal-looking numbers as YAML 1.2 reads them', () => {
    expect(onlyPolicy(policy('a', 'labels: { a: yes, b: 2026-11-24, c: 1:30 }\n')).labels).to.deep.equal({
      a: 'yes',
      b: '2026-11-24',
      c: '1:30',
    });
  });

  it('takes __proto__ for an unknown key and pollutes nothing', () => {
    expect(lines(parseTexts({ 'p.yaml': policy('a', '__proto__: { polluted: 1 }\n') }))).to.deep.equal([
      'KT1103 p.yaml:5:1 "__proto__"',
    ]);
    expect('polluted' in {}).to.equal(false);
  });
});

describe('[U] a policy that says little', () => {
  before(load);

  it('has the defaults filled in', () => {
    expect(onlyPolicy(policy('a/b'))).to.deep.equal({
      id: 'a/b',
      kind: 'random',
      labels: {},
      grace: 0,
      dependsOn: [],
      vault: { path: 'secret/a/b', field: 'value' },
      publish: [],
      consumers: [],
      spec: {},
      source: { file: 'p.yaml', line: 2, column: 7, endLine: 2, endColumn: 13 },
    });
  });

  it('has a check with GET, 200, 401 and 403, and half a minute', () => {
    const text = policy('a', 'verify: { http: { url: https://a.example, header: "x-api-key: {value}" } }\n');
    expect(onlyPolicy(text).verify).to.deep.equal({
      method: 'GET',
      url: 'https://a.example',
      header: 'x-api-key: {value}',
      ok: [200],
      refused: [401, 403],
      timeout: 30_000,
    });
  });

  it('keeps an empty list of refused statuses: the check does not discriminate', () => {
    const text = policy(
      'a',
      'verify: { http: { url: https://a.example, header: "x-api-key: {value}", refused: [] } }\n',
    );
    expect(onlyPolicy(text).verify?.refused).to.deep.equal([]);
  });
});

describe('[U] a policy that says all', () => {
  before(load);

  const text = policy(
    'a',
    `description: d
owner: o
labels: { tier: gateway }
schedule: monthly
dependsOn: [b]
movedFrom: old/a
suspend: { until: 2026-12-01, reason: r }
publish:
  - kubernetesSecret: { namespace: ns, name: s, key: k.txt }
consumers:
  - deployment: { namespace: ns, name: one }
  - statefulSet: { namespace: ns, name: two, timeout: 10m }
  - daemonSet: { namespace: ns2, name: three }
    via: { readAtStart: true }
spec: { length: 9 }
`,
  );
  const read = () =>
    inventoryOf({
      'p.yaml': `${text}---\n${policy('b', 'suspend: { until: 2026-12-01T08:00:00+01:00, reason: r }\n')}`,
      's.yaml': SCHEDULES,
    });

  it('is read in full', () => {
    const [a, b] = read().policies;
    expect(a).to.deep.include({
      description: 'd',
      owner: 'o',
      labels: { tier: 'gateway' },
      dependsOn: ['b'],
      movedFrom: 'old/a',
      spec: { length: 9 },
    });
    expect(a?.suspend).to.deep.equal({ until: Date.UTC(2026, 11, 1), reason: 'r' });
    expect(b?.suspend?.until).to.equal(Date.UTC(2026, 11, 1, 7));
    expect(a?.publish).to.deep.equal([{ namespace: 'ns', name: 's', key: 'k.txt' }]);
    expect(a?.consumers).to.deep.equal([
      { kind: 'Deployment', namespace: 'ns', name: 'one', timeout: 300_000, via: 'copy' },
      { kind: 'StatefulSet', namespace: 'ns', name: 'two', timeout: 600_000, via: 'copy' },
      { kind: 'DaemonSet', namespace: 'ns2', name: 'three', timeout: 300_000, via: 'readAtStart' },
    ]);
  });

  it('has its schedule and window resolved by name', () => {
    expect(read().policies[0]?.schedule).to.deep.equal({
      name: 'monthly',
      due: { type: 'every', every: 30 * 86_400_000 },
      window: { name: 'nights', cron: '0 1 * * *', lasts: 4 * 3_600_000, timezone: 'Europe/Berlin' },
      warnBefore: 0,
      jitter: 0,
    });
  });

  it('may write its schedule in place, with UTC where no zone is named', () => {
    const inline = policy('a', 'schedule: { cron: "0 3 * * MON", window: nights, warnBefore: 1d, jitter: 2h }\n');
    expect(onlyPolicy(inline, { 's.yaml': SCHEDULES }).schedule).to.deep.include({
      due: { type: 'cron', cron: '0 3 * * MON', timezone: 'UTC' },
      warnBefore: 86_400_000,
      jitter: 7_200_000,
    });
  });
});

describe('[U] freezes and settings', () => {
  before(load);

  it('are read with their defaults', () => {
    const { freezes, settings } = inventoryOf({
      's.yaml':
        'apiVersion: keyturn/v1\nkind: Schedules\nfreezes: [{ name: f, from: 2026-01-01, to: 2026-01-02, reason: r, except: [emergency] }]\n',
    });
    expect(freezes).to.deep.equal([
      {
        name: 'f',
        from: '2026-01-01',
        to: '2026-01-02',
        timezone: 'UTC',
        reason: 'r',
        except: ['emergency'],
        source: { file: 's.yaml', line: 3, column: 19, endLine: 3, endColumn: 20 },
      },
    ]);
    expect(settings).to.deep.include({ inventory: 'test', vault: { state: 'keyturn' }, kubernetes: {} });
    expect(settings.limits).to.deep.equal({
      maxChanges: 20,
      maxShare: 0.5,
      overLimit: 'refuse',
      failureBudget: 3,
      parallelism: 8,
      planValidFor: 86_400_000,
      leaseFor: 60_000,
      callDeadline: 15_000,
    });
  });

  const logins: { readonly [auth: string]: object } = {
    'token: true': { method: 'token' },
    'tokenFile: /run/token': { method: 'tokenFile', file: '/run/token' },
    'jwt: { roles: { plan: p } }': { method: 'jwt', mount: 'jwt', tokenEnv: 'VAULT_ID_TOKEN', roles: { plan: 'p' } },
    'kubernetes: { mount: k8s/prod, roles: { plan: p, apply: a } }': {
      method: 'kubernetes',
      mount: 'k8s/prod',
      tokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token',
      roles: { plan: 'p', apply: 'a' },
    },
    'appRole: {}': { method: 'appRole', mount: 'approle', roleIdEnv: 'VAULT_ROLE_ID', secretIdEnv: 'VAULT_SECRET_ID' },
    'appRole: { secretIdFile: /run/s }': {
      method: 'appRole',
      mount: 'approle',
      roleIdEnv: 'VAULT_ROLE_ID',
      secretIdFile: '/run/s',
    },
  };
  for (const [auth, expected] of Object.entries(logins))
    it(`log in with ${auth}`, () => {
      const text = `${SETTINGS}vault: { address: https://v.example:8200, state: kv/keyturn, auth: { ${auth} } }\nkubernetes: { context: c }\nlimits: { maxShare: 12.5%, overLimit: take }\n`;
      const { settings } = inventoryOf({ 'keyturn.yaml': text });
      expect(settings.vault).to.deep.equal({ address: 'https://v.example:8200', state: 'kv/keyturn', auth: expected });
      expect([settings.kubernetes.context, settings.limits.maxShare, settings.limits.overLimit]).to.deep.equal([
        'c',
        0.125,
        'take',
      ]);
    });

  it('refuse a token where the name of its variable belongs', () => {
    const text = `${SETTINGS}vault: { auth: { jwt: { tokenEnv: "hvs.CAESIabcdefgh", roles: { plan: p } } } }\n`;
    expect(lines(parseTexts({ 'keyturn.yaml': text }))).to.deep.equal([
      'KT1105 keyturn.yaml:4:35 ""hvs.CAESIabcdefgh""',
    ]);
  });
});

describe('[U] a policy with wrong parts', () => {
  before(load);

  it('is still looked at by every rule, and no rule stumbles over them', () => {
    const text = policy(
      'a',
      `labels: { a: 1 }
schedule: { every: soon, window: 7 }
dependsOn: [B!, 3]
movedFrom: 5
suspend: { until: 2026, reason: 4 }
publish: [{}, { kubernetesSecret: { name: x } }, 3]
consumers: [{}, { deployment: { namespace: 4 } }]
verify: { http: { url: 3, header: [], ok: x } }
spec: 3
grace: 1h
`,
    );
    const found = parseTexts({ 'p.yaml': text });
    expect(found.inventory).to.equal(undefined);
    expect(found.diagnostics.map(({ code }) => code)).to.include.members([
      'KT1105',
      'KT1104',
      'KT1106',
      'KT1206',
      'KT1309',
    ]);
  });

  it('of which neither id nor place is known, is compared by what is known', () => {
    const nameless = (more: string) =>
      `apiVersion: keyturn/v1\nkind: random\nvault: { path: secret/x, field: value }\n${more}`;
    const found = parseTexts({
      'p.yaml': `${nameless('')}---\n${nameless('publish: 3\n')}---\n${nameless('').replace(', field: value', '')}`,
    });
    expect(lines(found).filter((line) => line.startsWith('KT12'))).to.deep.equal(['KT1202 p.yaml:7:16 "secret/x"']);
    expect(found.diagnostics.find(({ code }) => code === 'KT1202')?.summary).to.equal(
      '`another policy` writes field `value` of `secret/x` already',
    );
  });

  it('stands beside settings and schedules with wrong parts', () => {
    const found = parseTexts({
      'keyturn.yaml':
        'apiVersion: keyturn/v1\nkind: Settings\ninventory: 3\nvault: { address: x, auth: 4, state: [] }\nlimits: { maxShare: x, leaseFor: 0s }\n',
      's.yaml':
        'apiVersion: keyturn/v1\nkind: Schedules\nschedules: { a: 3, b: { cron: 4 } }\nwindows: { w: {}, v: { cron: "", lasts: 1h } }\nfreezes: [{}, { name: f, from: x, to: 2026-01-01, reason: r, timezone: Nowhere }, 3]\n',
      'p.yaml': policy('a', 'schedule: b\n'),
      'q.yaml': policy('b', 'schedule: { every: 1d, window: w }\n'),
    });
    expect(found.inventory).to.equal(undefined);
    expect(found.diagnostics.map(({ code }) => code)).to.include.members([
      'KT1105',
      'KT1104',
      'KT1106',
      'KT1303',
      'KT1308',
    ]);
  });
});

describe('[U] what was found', () => {
  before(load);

  it('is listed with role, kind, id and place, also where it is wrong', () => {
    const { documents } = parseTexts({ 'p.yaml': `${policy('a', 'x: 1\n')}---\n${SCHEDULES}---\nid: z\n---\n` });
    expect(documents.map(({ role, kind, id, source }) => [role, kind, id, source.line])).to.deep.equal([
      ['Settings', 'Settings', undefined, 2],
      ['policy', 'random', 'a', 2],
      ['Schedules', 'Schedules', undefined, 8],
      ['policy', '', 'z', 14],
    ]);
  });

  it('includes the text that places count in', () => {
    expect([...parseTexts({ 'p.yaml': `\ufeff${policy('a')}` }).sources]).to.deep.equal([
      ['keyturn.yaml', SETTINGS],
      ['p.yaml', policy('a')],
    ]);
  });
});
