import { SHAPE, TEXT } from './cases-shape.js';
import { type Case, one, settings, calendar, COPY, CONSUMER, check } from './cases-support.js';
import { policy, SCHEDULES, SETTINGS } from './support.js';

/** KT12xx to KT14xx. */
const ACROSS: readonly Case[] = [
  {
    name: 'one id twice',
    files: { 'a.yaml': policy('x'), 'b.yaml': policy('x').replace('secret/x', 'secret/y') },
    problems: ['KT1201 b.yaml:3:5 "x"'],
  },
  {
    name: 'one field twice',
    files: { 'a.yaml': policy('x'), 'b.yaml': policy('y').replace('secret/y', 'secret/x') },
    problems: ['KT1202 b.yaml:4:16 "secret/x"'],
  },
  {
    name: 'one key of a Secret twice',
    files: { 'a.yaml': policy('x', COPY + CONSUMER), 'b.yaml': policy('y', COPY + CONSUMER) },
    problems: ['KT1203 b.yaml:5:62 "k"'],
  },
  {
    name: 'an unknown schedule',
    files: { 's.yaml': SCHEDULES, 'p.yaml': policy('a', 'schedule: montly\n') },
    problems: ['KT1204 p.yaml:5:11 "montly"'],
  },
  {
    name: 'an unknown window in place',
    files: { 's.yaml': SCHEDULES, 'p.yaml': policy('a', 'schedule: { every: 30d, window: night }\n') },
    problems: ['KT1205 p.yaml:5:33 "night"'],
  },
  calendar('an unknown window', 'schedules: { a: { every: 30d, window: nights } }\n', 'KT1205 s.yaml:3:39 "nights"'),
  one('an unknown dependency', policy('a', 'dependsOn: [b]\n'), 'KT1206 p.yaml:5:13 "b"'),
  one('a secret that waits for itself', policy('a', 'dependsOn: [a]\n'), 'KT1207 p.yaml:5:13 "a"'),
  {
    name: 'a cycle of three, with one outside that leads into it',
    files: {
      'p.yaml': [
        policy('d', 'dependsOn: [a]\n'),
        policy('a', 'dependsOn: [b]\n'),
        policy('b', 'dependsOn: [c]\n'),
        policy('c', 'dependsOn: [a]\n'),
      ].join('---\n'),
    },
    problems: ['KT1207 p.yaml:11:13 "b"'],
  },
  {
    name: 'movedFrom an id that is there',
    files: { 'a.yaml': policy('x'), 'b.yaml': policy('y', 'movedFrom: x\n') },
    problems: ['KT1208 b.yaml:5:12 "x"'],
  },
  {
    name: 'two policies that continue one',
    files: { 'a.yaml': policy('x', 'movedFrom: z\n'), 'b.yaml': policy('y', 'movedFrom: z\n') },
    problems: ['KT1208 b.yaml:5:12 "z"'],
  },
  { name: 'no settings', files: { 'keyturn.yaml': '', 'p.yaml': policy('a') }, problems: ['KT1209 -'] },
  { name: 'settings twice', files: { 'z.yaml': SETTINGS }, problems: ['KT1209 z.yaml:2:7 "Settings"'] },
  {
    name: 'schedules twice',
    files: { 's.yaml': SCHEDULES, 't.yaml': SCHEDULES },
    problems: ['KT1210 t.yaml:2:7 "Schedules"'],
  },
  one('a value inside the state', policy('a').replace('secret/a', 'keyturn/a'), 'KT1211 p.yaml:4:16 "keyturn/a"'),
  one(
    'a consumer twice',
    policy(
      'a',
      `${COPY}consumers:\n  - deployment: { namespace: ns, name: app }\n  - deployment: { namespace: ns, name: app }\n`,
    ),
    'KT1212 p.yaml:8:5 "deployment"',
  ),
  calendar(
    'a freeze twice',
    'freezes:\n  - { name: f, from: 2026-01-01, to: 2026-01-02, reason: r }\n  - { name: f, from: 2026-02-01, to: 2026-02-02, reason: r }\n',
    'KT1212 s.yaml:5:13 "f"',
  ),
];

const TIME: readonly Case[] = [
  one('a cron of four fields', policy('a', 'schedule: { cron: "* * * *" }\n'), 'KT1301 p.yaml:5:19 ""* * * *""'),
  calendar(
    'a cron with a seed',
    'windows: { w: { cron: "H 1 * * *", lasts: 1h } }\n',
    'KT1301 s.yaml:3:23 ""H 1 * * *""',
  ),
  one(
    'a cron that never fires',
    policy('a', 'schedule: { cron: "0 0 30 2 *" }\n'),
    'KT1302 p.yaml:5:19 ""0 0 30 2 *""',
  ),
  one(
    'a zone that is none',
    policy('a', 'schedule: { cron: "0 0 1 * *", timezone: Europe/Berlim }\n'),
    'KT1303 p.yaml:5:42 "Europe/Berlim"',
  ),
  one(
    'a schedule shorter than the time-outs',
    policy('a', `${COPY}${CONSUMER}schedule: { every: 5m }\n`),
    'KT1304 p.yaml:7:11 "{ every: 5m }"',
  ),
  one(
    'a cron that fires again too soon',
    policy('a', `${COPY}${CONSUMER}schedule: { cron: "*/5 * * * *" }\n`),
    'KT1304 p.yaml:7:11 "{ cron: "*/5 * * * *" }"',
  ),
  one(
    'a schedule shorter than grace',
    policy('a', 'schedule: { every: 1d }\ngrace: 1d\nspec: { account: x }\n').replace('random', 'account-key'),
    'KT1304 p.yaml:5:11 "{ every: 1d }"',
  ),
  calendar(
    'a window that is too rare',
    'schedules: { a: { every: 7d, window: w } }\nwindows: { w: { cron: "0 0 1 * *", lasts: 4h } }\n',
    'KT1305 s.yaml:3:38 "w"',
  ),
  calendar(
    'a window that is a little too rare',
    'schedules: { a: { every: 30d, window: w } }\nwindows: { w: { cron: "0 0 1 * *", lasts: 4h } }\n',
    'warning KT1305 s.yaml:3:39 "w"',
  ),
  calendar(
    'a window that is open only once a year',
    'schedules: { a: { every: 30d, window: w } }\nwindows: { w: { cron: "0 0 1-9 1 *", lasts: 4h } }\n',
    'KT1305 s.yaml:3:39 "w"',
  ),
  calendar(
    'a freeze longer than a schedule',
    'schedules: { a: { every: 7d } }\nfreezes: [{ name: f, from: 2026-01-01, to: 2026-01-08, reason: r }]\n',
    'KT1306 s.yaml:4:19 "f"',
  ),
  one(
    'a freeze longer than a schedule in place',
    `${policy('a', 'schedule: { cron: "0 0 * * MON" }\n')}---\napiVersion: keyturn/v1\nkind: Schedules\nfreezes: [{ name: f, from: 2026-01-01, to: 2026-01-08, reason: r }]\n`,
    'KT1306 p.yaml:9:19 "f"',
  ),
  calendar(
    'a freeze that ends before it begins',
    'freezes: [{ name: f, from: 2026-01-02, to: 2026-01-01, reason: r }]\n',
    'KT1307 s.yaml:3:44 "2026-01-01"',
  ),
  calendar(
    'a day that no calendar has',
    'freezes: [{ name: f, from: 2026-02-29, to: 2026-03-01, reason: r }]\n',
    'KT1307 s.yaml:3:28 "2026-02-29"',
  ),
  one(
    'a suspension until no such time',
    policy('a', 'suspend: { until: 2026-02-01T25:00:00Z, reason: r }\n'),
    'KT1307 p.yaml:5:19 "2026-02-01T25:00:00Z"',
  ),
  one('a schedule of no length', policy('a', 'schedule: { every: 0s }\n'), 'KT1308 p.yaml:5:20 "0s"'),
  one(
    'jitter as long as the schedule',
    policy('a', 'schedule: { every: 7d, jitter: 1w }\n'),
    'KT1308 p.yaml:5:32 "1w"',
  ),
  one(
    'a warning before the last rotation',
    policy('a', 'schedule: { every: 7d, warnBefore: 8d }\n'),
    'KT1308 p.yaml:5:36 "8d"',
  ),
  one('grace where nothing can be revoked', policy('a', 'grace: 1h\n'), 'KT1309 p.yaml:5:8 "1h"'),
  settings('a lease shorter than three calls', 'limits: { leaseFor: 44s }\n', 'KT1310 keyturn.yaml:4:21 "44s"'),
  settings(
    'a call longer than a third of the lease',
    'limits: { callDeadline: 21s }\n',
    'KT1310 keyturn.yaml:4:25 "21s"',
  ),
  {
    name: 'a window shorter than the work may take',
    files: {
      's.yaml': SCHEDULES.replace('4h', '5m'),
      'p.yaml': policy('a', `${COPY}${CONSUMER}${check('timeout: 30s')}schedule: monthly\n`),
    },
    problems: ['KT1311 p.yaml:8:11 "monthly"'],
  },
];

const WORK: readonly Case[] = [
  one(
    'a header without the credential',
    policy('a', check('').replace('{value}', 'abc')),
    'KT1401 p.yaml:5:56 ""x-api-key: abc""',
  ),
  one(
    'a header with the credential twice',
    policy('a', check('').replace('{value}', '{value}{value}')),
    'KT1401 p.yaml:5:56 ""x-api-key: {value}{value}""',
  ),
  one(
    'a header without a name',
    policy('a', check('').replace('x-api-key: ', ': ')),
    'KT1401 p.yaml:5:56 "": {value}""',
  ),
  one(
    'a header that frames the request',
    policy('a', check('').replace('x-api-key', 'Host')),
    'KT1401 p.yaml:5:56 ""Host: {value}""',
  ),
  one(
    'a header with a line break',
    policy('a', check('').replace('{value}', String.raw`{value}\r\nX: y`)),
    String.raw`KT1401 p.yaml:5:56 ""x-api-key: {value}\r\nX: y""`,
  ),
  one(
    'a URL with the credential',
    policy('a', check('').replace('/v1', '/{value}')),
    'KT1402 p.yaml:5:24 ""https://a.example/{value}""',
  ),
  one(
    'a URL with a user',
    policy('a', check('').replace('a.example', 'u:p@a.example')),
    'KT1402 p.yaml:5:24 ""https://u:p@a.example/v1""',
  ),
  one(
    'a URL with a fragment',
    policy('a', check('').replace('/v1', '/#v1')),
    'KT1402 p.yaml:5:24 ""https://a.example/#v1""',
  ),
  settings(
    'an address with a query',
    'vault: { address: "https://v.example?x=1" }\n',
    'KT1402 keyturn.yaml:4:19 ""https://v.example?x=1""',
  ),
  one('a status that means both', policy('a', check('ok: [200, 401], refused: [401]')), 'KT1403 p.yaml:5:104 "401"'),
  one('a status that says nothing', policy('a', check('refused: [429]')), 'KT1403 p.yaml:5:88 "429"'),
  one('http', policy('a', check('').replace('https:', 'http:')), 'warning KT1404 p.yaml:5:24 ""http://a.example/v1""'),
  settings(
    'Vault over http',
    'vault: { address: "http://v.example:8200" }\n',
    'warning KT1404 keyturn.yaml:4:19 ""http://v.example:8200""',
  ),
  one(
    'a consumer without a carrier',
    policy('a', CONSUMER),
    'KT1405 p.yaml:5:13 "{ deployment: { namespace: ns, name: app, timeout: 300s } }"',
  ),
  one(
    'a copy in another namespace',
    policy('a', COPY.replace('ns', 'other') + CONSUMER),
    'warning KT1406 p.yaml:5:44 "other"',
    'KT1405 p.yaml:6:13 "{ deployment: { namespace: ns, name: app, timeout: 300s } }"',
  ),
  one('a copy for nobody', policy('a', COPY), 'warning KT1406 p.yaml:5:44 "ns"'),
  one(
    'a path of the HTTP API',
    policy('a').replace('secret/a', 'secret/data/a'),
    'warning KT1407 p.yaml:4:16 "secret/data/a"',
  ),
  one(
    'a limit of the kind itself',
    policy('a', 'spec: { account: root }\n').replace('random', 'account-key'),
    'KT1903 p.yaml:2:7 "account-key"',
  ),
];

export const CASES: readonly Case[] = [...TEXT, ...SHAPE, ...ACROSS, ...TIME, ...WORK];
