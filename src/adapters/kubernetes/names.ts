import type { Copy, WorkloadRef } from '../../domain/policy.js';
import { refused } from './faults.js';
import type { Call } from './call.js';

const LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const KEY = /^[-._a-zA-Z0-9]{1,253}$/;

/**
 * Names go into the paths of requests, so that one like `../../kube-system` would reach objects that no policy names. Refused before
 * anything is sent (DNS-1123: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/).
 */
function checkNames(server: string, resource: string, at: { readonly namespace: string; readonly name: string }): void {
  const call: Call = { server, method: 'CHECK', path: resource, write: false };
  if (!LABEL.test(at.namespace))
    throw refused(call, 'invalid', `${quoted(at.namespace)} is not a name of a namespace (DNS-1123 label)`);
  if (at.name.length > 253 || !SUBDOMAIN.test(at.name))
    throw refused(call, 'invalid', `${quoted(at.name)} is not a name of an object (DNS-1123 subdomain)`);
}

/** As checkNames, and the key. `__proto__` is a valid key for Kubernetes, but no ordinary property in JavaScript. */
export function checkCopy(server: string, copy: Copy): void {
  checkNames(server, 'secrets', copy);
  const call: Call = { server, method: 'CHECK', path: 'secrets', write: false };
  if (!KEY.test(copy.key) || copy.key === '.' || copy.key.startsWith('..') || copy.key === '__proto__')
    throw refused(call, 'invalid', `${quoted(copy.key)} is not a name of a key of a Secret`);
}

export function checkWorkload(server: string, ref: WorkloadRef): void {
  checkNames(server, `${ref.kind.toLowerCase()}s`, ref);
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
