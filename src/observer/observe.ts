import { type FaultDetails, isFault } from '../domain/fault.js';
import type { SecretId } from '../domain/ids.js';
import { type Answer, type Answers, type Observation, type Query, queryKey } from '../domain/observation.js';
import type { Policy } from '../domain/policy.js';
import type { Rotator } from '../domain/rotator.js';
import { forEachBounded } from './bounded.js';
import { type ObserverPorts, type Send, senderOf } from './send.js';

/** A rotator's later queries depend on earlier answers; a rotator that never stops asking is cut off here. */
const MAX_ROUNDS = 4;

export interface ObserveOptions {
  /** How many queries may be under way at the same time. */
  readonly parallelism: number;
}

type Rotators = ReadonlyMap<string, Rotator>;

/**
 * What Vault and Kubernetes report about each policy's secret. Reads only. A Fault becomes the answer of its query, so that one secret
 * that cannot be observed never hides the others; only a Fault of kind `interrupted` (this run was asked to stop) and exceptions that
 * are no Fault are thrown.
 */
export function observe(
  policies: readonly Policy[],
  rotators: Rotators,
  ports: ObserverPorts,
  options: ObserveOptions,
): Promise<ReadonlyMap<SecretId, Observation>> {
  return observeWith(policies, rotators, senderOf(ports), options);
}

/** As observe, with another way to send queries: one that reads a folder at a time, one that answers from a recording. */
export async function observeWith(
  policies: readonly Policy[],
  rotators: Rotators,
  send: Send,
  options: ObserveOptions,
): Promise<ReadonlyMap<SecretId, Observation>> {
  const answers = new Map<string, Answer>();
  let asking = policies;
  for (let round = 0; round < MAX_ROUNDS && asking.length > 0; round += 1) {
    const asked = newQueries(asking, rotators, answers);
    await forEachBounded([...asked.queries.values()], options.parallelism, async (query) => {
      answers.set(queryKey(query), await answerOf(send, query));
    });
    asking = asked.policies;
  }
  return new Map(policies.map((policy) => [policy.id, interpretOne(policy, rotators, answers)]));
}

/** Queries without an answer yet, each once, and the policies that asked one: only those can have more to ask. */
function newQueries(
  policies: readonly Policy[],
  rotators: Rotators,
  known: Answers,
): { readonly queries: ReadonlyMap<string, Query>; readonly policies: readonly Policy[] } {
  const queries = new Map<string, Query>();
  const askers = policies.filter((policy) => {
    const asked = rotators.get(policy.kind)?.queries(policy, known) ?? [];
    const unanswered = asked.filter((query) => !known.has(queryKey(query)));
    for (const query of unanswered) queries.set(queryKey(query), query);
    return unanswered.length > 0;
  });
  return { queries, policies: askers };
}

async function answerOf(send: Send, query: Query): Promise<Answer> {
  try {
    return { ok: true, value: await send(query) };
  } catch (error) {
    if (!isFault(error) || error.details.kind === 'interrupted') throw error;
    return { ok: false, fault: error.details };
  }
}

function interpretOne(policy: Policy, rotators: Rotators, answers: Answers): Observation {
  const rotator = rotators.get(policy.kind);
  return rotator?.interpret(policy, answers) ?? { state: 'unobserved', faults: [noRotator(policy.kind)] };
}

function noRotator(kind: string): FaultDetails {
  return {
    kind: 'invalid',
    server: 'keyturn',
    call: 'observe',
    said: `there is no rotator of kind ${kind}`,
    retriable: false,
    effect: 'none',
  };
}
