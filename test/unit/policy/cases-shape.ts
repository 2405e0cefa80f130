import { type Case, one, settings, check } from './cases-support.js';
import { HEAD, policy } from './support.js';

/** KT10xx and KT11xx. */
export const TEXT: readonly Case[] = [
  one('an unclosed quote', `${policy('a')}owner: "x\n`, 'KT1001 p.yaml:6:1 ""'),
  one('a tab as indentation', `${HEAD}vault:\n\tpath: x\nid: a\n`, 'KT1005 p.yaml:4:1 "\t"'),
  one('a tab between key and value', policy('a', 'owner:\tx\n'), 'KT1005 p.yaml:5:7 "\t"'),
  one('a key that stands twice', policy('a', 'owner: x\nowner: y\n'), 'KT1006 p.yaml:6:1 "owner"'),
  one(
    'an anchor and an alias',
    policy('a', 'owner: &o x\ndescription: *o\n'),
    'KT1007 p.yaml:5:11 "x"',
    'KT1007 p.yaml:6:14 "*o"',
  ),
  one('a merge key', policy('a', 'labels: { <<: { b: c } }\n'), 'KT1008 p.yaml:5:11 "<<"'),
  one('an unknown tag', policy('a', 'owner: !env HOME\n'), 'KT1009 p.yaml:5:8 "!env"'),
  one('another version of YAML', `%YAML 1.1\n---\n${policy('a')}`, 'KT1009 p.yaml:2:1 ""'),
  one('an escape character', policy('a', 'owner: "x\u001b[31m"\n'), 'KT1010 p.yaml:5:10 "\u001b"'),
  one('characters that reorder a line', policy('a', 'owner: x\u202ey\n'), 'KT1010 p.yaml:5:9 "\u202e"'),
  one('a lone carriage return', policy('a', 'owner: x\ry\n'), 'KT1010 p.yaml:5:9 "\r"'),
  one(
    'a key of a provider, also in a comment',
    policy('a', '# old: sk-proj-abcdefgh12345678ABCDEFGH\n'),
    'KT1011 p.yaml:5:8 "sk-proj-abcdefgh12345678ABCDEFGH"',
  ),
  one(
    'a private key',
    policy('a', 'description: "-----BEGIN RSA PRIVATE KEY-----"\n'),
    'KT1011 p.yaml:5:15 "-----BEGIN RSA PRIVATE KEY-----"',
  ),
  one('a key that is a number', policy('a', 'labels: { 1: x }\n'), 'KT1012 p.yaml:5:11 "1"'),
  one('a key without a name', policy('a', 'labels: { : x }\n'), 'KT1012 p.yaml:5:10 ""'),
  one('a number that JSON does not know', policy('a', 'spec: { length: .inf }\n'), 'KT1012 p.yaml:5:17 ".inf"'),
  one(
    'a nesting that no policy needs',
    policy('a', `labels: ${'[ '.repeat(40)}${'] '.repeat(40)}\n`),
    `KT1013 p.yaml:5:73 "${'[ '.repeat(8)}${'] '.repeat(8).trim()}"`,
  ),
];

export const SHAPE: readonly Case[] = [
  one(
    'no kind',
    'apiVersion: keyturn/v1\nid: a\nvault: { path: secret/a, field: v }\n',
    'KT1101 p.yaml:1:1 "apiVersion"',
  ),
  one(
    'an unknown kind, whose common keys are checked all the same',
    `${policy('a').replace('random', 'randon')}ownr: x\n`,
    'KT1101 p.yaml:2:7 "randon"',
    'KT1103 p.yaml:5:1 "ownr"',
  ),
  one(
    'a misspelled Schedules document',
    'apiVersion: keyturn/v1\nkind: Schedule\nschedules: {}\n',
    'KT1101 p.yaml:2:7 "Schedule"',
  ),
  one('a Kubernetes manifest', 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {}\n', 'KT1102 p.yaml:1:13 "apps/v1"'),
  one('a later version', policy('a').replace('v1', 'v2'), 'KT1102 p.yaml:1:13 "keyturn/v2"'),
  one('an unknown key', policy('a', 'depends_on: []\n'), 'KT1103 p.yaml:5:1 "depends_on"'),
  one('an unknown key inside a block', policy('a', 'spec:\n  lenght: 9\n'), 'KT1103 p.yaml:6:3 "lenght"'),
  one('a missing key', `${HEAD}id: a\nvault: { path: secret/a }\n`, 'KT1104 p.yaml:4:1 "vault"'),
  one('a missing spec', policy('a').replace('random', 'account-key'), 'KT1104 p.yaml:2:1 "kind"'),
  one('a number for a duration', policy('a', 'grace: 5\n'), 'KT1105 p.yaml:5:8 "5"'),
  one('an id with capitals', policy('a').replace('id: a', 'id: A'), 'KT1105 p.yaml:3:5 "A"'),
  one('a path without a mount', policy('a').replace('secret/a', 'secret'), 'KT1105 p.yaml:4:16 "secret"'),
  one('a path that climbs', policy('a').replace('secret/a', 'secret/../sys'), 'KT1105 p.yaml:4:16 "secret/../sys"'),
  one('a value of a list', policy('a', check('ok: [200, 700]')), 'KT1105 p.yaml:5:88 "700"'),
  one('a word that is not among those allowed', policy('a', 'spec: { encoding: hx }\n'), 'KT1105 p.yaml:5:19 "hx"'),
  one('a label that is no label', policy('a', 'labels: { "-a": b }\n'), 'KT1105 p.yaml:5:11 ""-a""'),
  one(
    'two ways to say when',
    policy('a', 'schedule: { every: 30d, cron: "0 0 * * *" }\n'),
    'KT1106 p.yaml:5:1 "schedule"',
  ),
  one(
    'a zone without a cron',
    policy('a', 'schedule: { every: 30d, timezone: UTC }\n'),
    'KT1106 p.yaml:5:1 "schedule"',
  ),
  one(
    'a consumer that is two workloads',
    policy(
      'a',
      'consumers:\n  - deployment: { namespace: n, name: a }\n    daemonSet: { namespace: n, name: b }\n    via: { readAtStart: true }\n',
    ),
    'KT1106 p.yaml:6:5 "deployment"',
  ),
  settings(
    'two logins',
    'vault: { auth: { token: true, tokenFile: x } }\n',
    'KT1106 p.yaml:4:10 "auth"'.replace('p.yaml', 'keyturn.yaml'),
  ),
  one('a document that is a list', '- a\n', 'KT1107 p.yaml:1:3 "a"'),
];
