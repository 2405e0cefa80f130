import type { Notice } from '../domain/plan.js';
import { type Outcome, noticeOf } from './change.js';
import { inOrder } from './order.js';

/** A dependency in such a state is not settled; a suspended one was taken out of the order by a person. */
const UNSETTLED: ReadonlySet<Notice['state']> = new Set(['blocked', 'held', 'unobserved', 'deferred', 'waiting']);

/**
 * A change waits where something that it depends on should change first and cannot now; what waits for a waiting one waits too. Claimed
 * work does not wait. A dependency outside the selection does not change in this run and counts only while a journal holds it.
 */
export function deferWaiting(
  outcomes: readonly Outcome[],
  isSelected: (id: string) => boolean,
): ReadonlyMap<string, Outcome> {
  const settled = new Map(outcomes.map((outcome) => [outcome.subject.id as string, outcome]));
  const needs = (id: string): readonly string[] => settled.get(id)?.subject.policy?.dependsOn ?? [];
  for (const id of inOrder([...settled.keys()], needs)) {
    const outcome = settled.get(id);
    if (outcome?.type !== 'change' || outcome.change.action === 'resume') continue;
    const obstacle = needs(id)
      .map((other) => obstacleOf(other, settled.get(other), isSelected(other)))
      .find((text) => text !== undefined);
    if (obstacle === undefined) continue;
    const remark = { state: 'deferred', reason: `waits for ${obstacle}`, deferredBy: 'dependency' } as const;
    settled.set(id, noticeOf(outcome.subject, outcome.change.findings, remark));
  }
  return settled;
}

function obstacleOf(id: string, outcome: Outcome | undefined, selected: boolean): string | undefined {
  if (outcome === undefined) return undefined;
  if (!selected) return outcome.subject.open === undefined ? undefined : `${id}, which is claimed`;
  if (outcome.type !== 'notice' || !UNSETTLED.has(outcome.notice.state)) return undefined;
  return `${id}, which is ${outcome.notice.state}`;
}
