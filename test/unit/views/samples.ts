import type { Change, Notice, NoticeState, Plan } from '../../../src/domain/plan.js';
import type { HumanOptions } from '../../../src/views/human/options.js';

export const NOW = Date.parse('2026-11-23T11:00:00Z');

export const PLAIN: HumanOptions = { width: 100, colour: false, unicode: true, now: NOW, automation: true };

/** Everything that a terminal must not get raw: escape sequences, a title, bidi overrides and isolates, separators, invisible and tag characters. */
export const HOSTILE =
  'a\u001b[31mred\u001b]0;title\u0007\u009b2J\r\n\t\u202egnp\u2066x\u2069\u061c\u200b\u200d\ufeff\u00ad\u2028\u2029\u{e0041}\ud800z';

/** Raw, these may not be in any output; a line feed ends lines. Written as numbers, apart from the classes that the sanitiser uses. */
const RANGES: readonly (readonly [number, number])[] = [
  [0x00, 0x09],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x61c, 0x61c],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0xd800, 0xdfff],
  [0xfeff, 0xfeff],
  [0xe0000, 0xe007f],
];
const hex = (code: number) => `\\u{${code.toString(16)}}`;
export const FORBIDDEN = new RegExp(`[${RANGES.map(([from, to]) => `${hex(from)}-${hex(to)}`).join('')}]`, 'u');

export function change(text: string, given: Partial<Change> = {}): Change {
  return {
    id: text,
    kind: text,
    action: 'rotate',
    source: { file: text, line: 3, column: 1, endLine: 3, endColumn: 5 },
    findings: [{ reason: `${text}/${text}`, evidence: text }],
    live: { path: text, field: text },
    before: null,
    steps: [
      { name: text, verb: 'stage', target: text, note: text, params: {} },
      { name: text, verb: 'promote', target: text, params: {}, pivot: true },
    ],
    undo: [{ name: text, verb: 'unpromote', target: text, note: text, params: {} }],
    noOverlap: true,
    proof: 'weak',
    consumers: [{ kind: 'Deployment', namespace: text, name: text, timeout: 300_000, via: 'copy' }],
    specHash: text,
    bindings: { policyHash: text, journalVersion: 3, liveVersion: 7, liveCreatedTime: text },
    resources: [text],
    chain: `${text}0`,
    dependsOn: [text],
    ...given,
  };
}

export function notice(text: string, state: NoticeState, given: Partial<Notice> = {}): Notice {
  return { id: text, kind: text, state, findings: [], reason: text, action: text, ...given };
}

export function plan(given: Partial<Plan> = {}): Plan {
  return {
    format: 'keyturn.dev/plan/v1',
    inventory: 'production',
    at: '2026-11-23T11:00:00.000Z',
    validUntil: '2026-11-24T11:00:00.000Z',
    revision: { commit: '4ab81d0c2f6e5a9b7d3e1f0a8c6b4d2e0f1a3b5c', dirty: false },
    changes: [],
    notices: [],
    upToDate: [],
    refusals: [],
    complete: true,
    digest: '9f3c6cdb0d9f1a6f1f6fd1c2f9c7f8e7a4f8a1b2c3d4e5f60718293a4b5c6de1',
    ...given,
  };
}

export function hostilePlan(text: string): Plan {
  return plan({
    inventory: text,
    validUntil: text,
    revision: { commit: text, dirty: true },
    changes: [change(text)],
    notices: [notice(text, 'blocked'), notice(text, 'drift', { findings: [{ reason: 'Due', evidence: text }] })],
    refusals: [{ severity: 'error', code: 'KT3001', summary: text, detail: text, action: text, id: text }],
    digest: text,
  });
}

/** The text without colour. */
export function uncoloured(text: string): string {
  return text.replace(new RegExp(`${String.fromCodePoint(27)}\\[\\d+m`, 'g'), '');
}
