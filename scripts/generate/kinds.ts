import { createHash } from 'node:crypto';
import { rotatorsByKind } from '../../src/app/rotators.js';
import { CATALOGUE, type DiagnosticCode } from '../../src/domain/catalogue.js';
import type { Observation } from '../../src/domain/observation.js';
import type { Policy } from '../../src/domain/policy.js';
import type { Capabilities, Decision, Rotator } from '../../src/domain/rotator.js';
import type { Step } from '../../src/domain/step.js';
import { loadValidator } from '../../src/formats/validator.js';
import { parsePolicies } from '../../src/policy/parse.js';
import { keysTable } from './keys.js';
import { code, fenced, flow, page, sentence, table, textOf } from './markdown.js';

const CAPABILITIES: { readonly [name in keyof Capabilities]: string } = {
  generates: 'keyturn makes the value itself',
  overlap: 'old and new are accepted at the same time for a while',
  test: 'the new value can be tested before a consumer sees it',
  revoke: 'the old value can be revoked, so `grace` may be longer than 0s',
};

export function allRotators(): readonly Rotator[] {
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  return [...rotatorsByKind(sha256).values()];
}

const KINDS = allRotators();
const VALIDATE = await loadValidator(KINDS);

/** docs/reference/kinds.md: what each kind can do, what its policy says, and which steps it takes. */
export function kindsMarkdown(): string {
  const names = Object.keys(CAPABILITIES) as (keyof Capabilities)[];
  const rows = KINDS.map((rotator) => [
    `[${rotator.kind}](#${rotator.kind})`,
    ...names.map((name) => (rotator.capabilities[name] ? 'yes' : 'no')),
  ]);
  return page(
    '# Kinds',
    'Made from the rotators themselves. A policy names its kind with `kind:`; keys that every policy may have are in [policy.md](policy.md).',
    table(['Kind', ...names], rows),
    names.map((name) => `- *${name}*: ${CAPABILITIES[name]}`).join('\n'),
    ...KINDS.map(kindSection),
  );
}

function kindSection(rotator: Rotator): string {
  const text = examplePolicy(rotator);
  const policy = parsed(text);
  const forward = rotator.decide(policy, OBSERVED, 'rotate', []);
  return [
    `## ${rotator.kind}`,
    rotator.summary,
    fenced('yaml', text),
    ...specPart(rotator),
    'A rotation under this policy takes these steps; *looks* changes nothing and is done again after a kill:',
    stepsTable(rotator, forward),
    ...problemsPart(rotator.kind),
  ].join('\n\n');
}

const SETTINGS = 'apiVersion: keyturn/v1\nkind: Settings\ninventory: example\n';

/** The policy as every command reads it. An example that is not valid is a mistake of this page. */
function parsed(text: string): Policy {
  const files = [
    ['keyturn.yaml', SETTINGS],
    ['example.yaml', text],
  ].map(([path = '', content]) => ({ path, bytes: new TextEncoder().encode(content) }));
  const { inventory, diagnostics } = parsePolicies(files, KINDS, VALIDATE);
  const [policy] = inventory?.policies ?? [];
  if (policy === undefined) throw new Error(diagnostics.map(({ summary }) => summary).join('; '));
  return policy;
}

/** One live generation, made by keyturn, that every consumer holds. */
const OBSERVED: Observation = {
  state: 'observed',
  present: true,
  version: 7,
  rotation: '0123456789abcdef',
  driftedConsumers: [],
  missingConsumers: [],
};

/** The smallest policy with one copy, one consumer and a check. */
function examplePolicy({ kind, specSchema }: Rotator): string {
  const required = Array.isArray(specSchema['required']) && specSchema['required'].length > 0;
  const [spec] = Array.isArray(specSchema['examples']) ? specSchema['examples'] : [];
  return [
    'apiVersion: keyturn/v1',
    `kind: ${kind}`,
    `id: example/${kind}`,
    'schedule: { every: 30d }',
    `vault: { path: secret/example/${kind}, field: value }`,
    'publish:',
    `  - kubernetesSecret: { namespace: example, name: ${kind}, key: value }`,
    'consumers:',
    '  - deployment: { namespace: example, name: app, timeout: 120s }',
    'verify:',
    '  http: { url: https://app.internal/v1/models, header: "Authorization: Bearer {value}", refused: [401] }',
    ...(required && spec !== undefined ? [`spec: ${flow(spec)}`] : []),
    '',
  ].join('\n');
}

function specPart({ specSchema }: Rotator): readonly string[] {
  const { properties, description } = specSchema;
  const about = sentence(textOf(description));
  const some = typeof properties === 'object' && properties !== null && Object.keys(properties).length > 0;
  return some ? [`Keys below \`spec\`. ${about}`, keysTable(specSchema)] : [about];
}

function stepsTable(rotator: Rotator, { steps, undo }: Decision): string {
  const row =
    (way: string) =>
    (step: Step): readonly string[] => [
      way,
      code(step.verb),
      code(step.target),
      rotator.handlers[step.verb]?.effect === true ? 'changes' : 'looks',
      [step.note ?? '', step.pivot === true ? 'no way back after this step' : '']
        .filter((part) => part !== '')
        .join('; '),
    ];
  return table(
    ['Way', 'Step', 'On', 'What it does', 'Remark'],
    [...steps.map(row('forward')), ...undo.map(row('back'))],
  );
}

/** Codes whose title begins with the kind's name are its own. */
function problemsPart(kind: string): readonly string[] {
  const own = (Object.keys(CATALOGUE) as DiagnosticCode[]).filter((known) =>
    CATALOGUE[known].title.startsWith(`${kind}: `),
  );
  if (own.length === 0) return [];
  const rows = own.map(
    (known) => `- [${known}](diagnostics.md#${known.toLowerCase()}): ${CATALOGUE[known].title.slice(kind.length + 2)}`,
  );
  return ['`keyturn validate` refuses:', rows.join('\n')];
}
