import { Fault } from '../../domain/fault.js';
import type { Material } from '../../domain/material.js';
import type { StepContext } from '../../domain/rotator.js';
import { firstRecord, numberIn, objectIn, stepsOf, stringIn } from './records.js';

/**
 * The material of the generation on its way, from pending. Recognised by the rotation id stored beside it, never by a version number;
 * a reconcile has none of its own and takes the live value.
 */
export async function newValue(context: StepContext): Promise<Material> {
  const { open, ports, pendingPath } = context;
  if (stepsOf(open, 'stage').length === 0) return liveValue(context);
  const pending = await ports.kv.read(pendingPath);
  const rotation = pending?.fields['rotation'];
  const value = pending?.fields['value'];
  if (rotation === undefined || value === undefined || rotation.expose() !== open.rotation)
    throw lost(pendingPath, `pending material of rotation ${open.rotation} is not there`);
  return value;
}

/**
 * The value before this change: the live path's version that the first promote intent recorded. Undefined where there was none
 * (a creation). Never resolved from a newer version: that one may be this change's own.
 */
export async function oldValue(context: StepContext): Promise<Material | undefined> {
  const record = firstRecord(context.open, 'promote');
  if (record === undefined) return undefined;
  if (stringIn(record.intent, 'mode') !== 'patch') return undefined;
  const { path, field } = liveOf(context);
  const version = numberIn(record.intent, 'cas');
  const data = await context.ports.kv.read(path, version);
  if (data === null || data.gone) throw lost(path, `version ${version}, which holds the old value, is gone`);
  return data.fields[field];
}

async function liveValue(context: StepContext): Promise<Material> {
  const { path, field } = liveOf(context);
  const value = (await context.ports.kv.read(path))?.fields[field];
  if (value === undefined) throw lost(path, `field ${field} is not there`);
  return value;
}

function liveOf(context: StepContext): { readonly path: string; readonly field: string } {
  return context.open.change.live;
}

function lost(path: string, said: string): Fault {
  return new Fault({ kind: 'absent', server: 'Vault', call: `GET ${path}`, said, retriable: false, effect: 'none' });
}

/** The workload that a step names. */
export function workloadOf(context: StepContext): {
  readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  readonly namespace: string;
  readonly name: string;
} {
  const ref = objectIn(context.step.params, 'workload');
  const kind = stringIn(ref, 'kind');
  const known = kind === 'StatefulSet' || kind === 'DaemonSet' ? kind : 'Deployment';
  return { kind: known, namespace: stringIn(ref, 'namespace'), name: stringIn(ref, 'name') };
}

/** The Secret key that a step names. */
export function copyOf(context: StepContext): {
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
} {
  const { params } = context.step;
  return { namespace: stringIn(params, 'namespace'), name: stringIn(params, 'name'), key: stringIn(params, 'key') };
}

/** Name of the annotation that a secret owns on pod templates and Secrets. */
export function annotationName(idHash: string): string {
  return `keyturn.dev/${idHash}`;
}
