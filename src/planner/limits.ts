import type { Diagnostic } from '../domain/diagnostic.js';
import type { Change } from '../domain/plan.js';
import type { Inventory, Limits } from '../domain/policy.js';
import { inOrder } from './order.js';

/** Below so many secrets a share says nothing: one of two is half. */
const SHARE_FROM = 5;

export interface Taken {
  readonly kept: readonly Change[];
  /** What has to wait for the next run. */
  readonly cut: readonly Change[];
}

/**
 * With `overLimit: take`, the maxChanges most urgent, each with what it depends on before it; otherwise all. What is already claimed is
 * finished outside the limits.
 *
 * @param changes sorted by urgency.
 */
export function takeWithin(changes: readonly Change[], limits: Limits, overLimit: boolean): Taken {
  const counted = changes.filter(counts);
  if (overLimit || limits.overLimit === 'refuse' || counted.length <= limits.maxChanges)
    return { kept: changes, cut: [] };
  const needs = new Map(counted.map((change) => [change.id, change.dependsOn]));
  const ordered = inOrder([...needs.keys()], (id) => needs.get(id) ?? []);
  const taken = new Set(ordered.slice(0, limits.maxChanges));
  const kept = changes.filter((change) => !counts(change) || taken.has(change.id));
  return { kept, cut: counted.filter((change) => !taken.has(change.id)) };
}

/** The thresholds that these changes are over; --over-limit lifts both. The plan stays whole and is printed. */
export function refusalsOf(
  changes: readonly Change[],
  { policies, settings }: Pick<Inventory, 'policies' | 'settings'>,
  overLimit: boolean,
): readonly Diagnostic[] {
  if (overLimit) return [];
  const { limits, source } = settings;
  const place = source === undefined ? {} : { source };
  return [tooMany(changes, limits), tooLargeShare(changes, policies.length, limits)].flatMap((refusal) =>
    refusal === undefined ? [] : [{ ...refusal, ...place }],
  );
}

function tooMany(changes: readonly Change[], { maxChanges }: Limits): Diagnostic | undefined {
  const count = changes.filter(counts).length;
  if (count <= maxChanges) return undefined;
  return {
    severity: 'error',
    code: 'KT3001',
    summary: `${count} changes are more than \`maxChanges\` ${maxChanges} allows`,
    action: 'Name some with --target, or pass --over-limit',
  };
}

/** A creation takes nothing from anybody, so it does not count. */
function tooLargeShare(changes: readonly Change[], secrets: number, { maxShare }: Limits): Diagnostic | undefined {
  const count = changes.filter((change) => counts(change) && change.action !== 'create').length;
  if (secrets < SHARE_FROM || count / secrets <= maxShare) return undefined;
  return {
    severity: 'error',
    code: 'KT3002',
    summary: `${count} of ${secrets} secrets (${percent(count / secrets)}) are more than \`maxShare\` ${percent(maxShare)} allows`,
    action: 'Name some with --target, or pass --over-limit',
  };
}

function counts({ action }: Change): boolean {
  return action !== 'resume';
}

/** At most one decimal. */
function percent(share: number): string {
  return `${Math.round(share * 1000) / 10}%`;
}
