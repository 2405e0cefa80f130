import { kubeTime } from '../kubernetes/clock.js';
import type { Tree } from '../kubernetes/value.js';
import type { ApiClient } from './client.js';

const CAPACITY = { cpu: '4', memory: '8Gi', pods: '250' };

function nodeStatus(now: string): Tree {
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'KubeletReady',
    message: 'kubelet is posting ready status',
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  };
  return {
    capacity: { ...CAPACITY },
    allocatable: { ...CAPACITY },
    conditions: [ready],
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
  };
}

/** Makes the Node, or takes it over, without taints and Ready. Throws where the server refuses. */
export async function registerNode(api: ApiClient, name: string): Promise<void> {
  const metadata = { name, labels: { 'kubernetes.io/hostname': name } };
  const made = await api.post('/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata });
  if (made.status !== 201 && made.status !== 409) throw new Error(`making Node ${name}: status ${made.status}`);
  // Admission of a real server taints a new Node as not ready, and nobody here would take the taint away.
  const untainted = await api.patch(`/api/v1/nodes/${name}`, 'merge', { spec: { taints: null } });
  const body = { status: nodeStatus(kubeTime(Date.now())) };
  const reported = await api.patch(`/api/v1/nodes/${name}/status`, 'strategic', body);
  for (const { status } of [untainted, reported]) {
    if (status !== 200) throw new Error(`updating Node ${name}: status ${status}`);
  }
}
