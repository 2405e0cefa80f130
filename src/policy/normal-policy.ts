import { parseDay } from '../schedule/civil.js';
import { type SecretId, secretId } from '../domain/ids.js';
import type { JsonObject } from '../domain/json.js';
import type { Consumer, Copy, HttpCheck, Policy, WorkloadKind } from '../domain/policy.js';
import { instantOf, type Instant } from '../domain/time.js';
import { type Calendar, schedulePart, scheduleOf } from './calendar.js';
import type { Part } from './part.js';

const SECOND = 1000;
const DAY = 86_400_000;

/**
 * The policy of a document, defaults filled in and names resolved; undefined where it says neither who it is nor where its value lives.
 * Parts that could not be read are left at their defaults: such a policy is looked at by the rules and never leaves this folder.
 */
export function normalPolicy(root: Part, calendar: Calendar): Policy | undefined {
  const id = idOf(root.at('id'));
  const [path, field, kind] = [root.at('vault', 'path').text, root.at('vault', 'field').text, root.at('kind').text];
  if (id === undefined || path === undefined || field === undefined || kind === undefined) return undefined;
  const spec = root.at('spec');
  return {
    id,
    kind,
    ...optional(root, calendar),
    labels: Object.fromEntries(root.at('labels').entries.map(([name, part]) => [name, part.text ?? ''])),
    grace: root.at('grace').duration ?? 0,
    dependsOn: root.at('dependsOn').items.flatMap((item) => idOf(item) ?? []),
    vault: { path, field },
    publish: root.at('publish').items.flatMap((item) => copyOf(item) ?? []),
    consumers: root.at('consumers').items.flatMap((item) => consumerOf(item) ?? []),
    spec: spec.isMapping ? (spec.value as JsonObject) : {},
    source: root.at('kind').place(),
  };
}

type Optional = Pick<Policy, 'description' | 'owner' | 'schedule' | 'suspend' | 'movedFrom' | 'verify'>;

function optional(root: Part, calendar: Calendar): Optional {
  const part = schedulePart(root, calendar);
  return defined({
    description: root.at('description').text,
    owner: root.at('owner').text,
    schedule: part === undefined ? undefined : scheduleOf(part, root.at('schedule').text, calendar),
    suspend: suspendOf(root.at('suspend')),
    movedFrom: idOf(root.at('movedFrom')),
    verify: checkOf(root.at('verify', 'http')),
  });
}

/** Leaves out what is undefined. */
function defined<T extends object>(parts: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as T;
}

function idOf(part: Part): SecretId | undefined {
  return part.text === undefined ? undefined : secretId(part.text);
}

/** Undefined also for `suspend` without a date; that one waits for the line to be removed. */
export function suspendedUntil(part: Part): Instant | undefined {
  const { text } = part;
  if (text === undefined) return undefined;
  const day = parseDay(text);
  return day === undefined ? instantOf(text) : day * DAY;
}

function suspendOf(part: Part): Policy['suspend'] {
  const reason = part.at('reason').text;
  if (reason === undefined) return undefined;
  const until = suspendedUntil(part.at('until'));
  return { ...(until === undefined ? {} : { until }), reason };
}

function copyOf(part: Part): Copy | undefined {
  const secret = part.at('kubernetesSecret');
  const [namespace, name, key] = [secret.at('namespace').text, secret.at('name').text, secret.at('key').text];
  return namespace === undefined || name === undefined || key === undefined ? undefined : { namespace, name, key };
}

const WORKLOADS: readonly (readonly [string, WorkloadKind])[] = [
  ['deployment', 'Deployment'],
  ['statefulSet', 'StatefulSet'],
  ['daemonSet', 'DaemonSet'],
];

export function consumerOf(part: Part): Consumer | undefined {
  for (const [key, kind] of WORKLOADS) {
    const workload = part.at(key);
    const [namespace, name] = [workload.at('namespace').text, workload.at('name').text];
    if (namespace === undefined || name === undefined) continue;
    const via = part.at('via', 'readAtStart').value === true ? 'readAtStart' : 'copy';
    return { kind, namespace, name, timeout: workload.at('timeout').duration ?? 300 * SECOND, via };
  }
  return undefined;
}

function checkOf(part: Part): HttpCheck | undefined {
  const [url, header, method] = [part.at('url').text, part.at('header').text, part.at('method').text];
  if (url === undefined || header === undefined) return undefined;
  return {
    method: method === 'HEAD' || method === 'POST' ? method : 'GET',
    url,
    header,
    ok: numbers(part.at('ok')) ?? [200],
    refused: numbers(part.at('refused')) ?? [401, 403],
    timeout: part.at('timeout').duration ?? 30 * SECOND,
  };
}

function numbers(part: Part): readonly number[] | undefined {
  return part.value === undefined ? undefined : part.items.flatMap(({ number }) => number ?? []);
}
