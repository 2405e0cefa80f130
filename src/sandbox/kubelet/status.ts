import { kubeTime } from '../kubernetes/clock.js';
import { listAt, textAt, type Tree } from '../kubernetes/value.js';
import type { ContainerState, ContainerView } from './container.js';

const HOST = '127.0.0.1';

function stateOf(state: ContainerState, containerID: string): Tree {
  if (state.type === 'waiting') {
    const { reason, message } = state;
    return { waiting: { reason, ...(message === undefined ? {} : { message }) } };
  }
  if (state.type === 'running') return { running: { startedAt: kubeTime(state.startedAt) } };
  const { exitCode, reason, message, startedAt, finishedAt } = state;
  const times = { startedAt: kubeTime(startedAt), finishedAt: kubeTime(finishedAt) };
  return { terminated: { exitCode, reason, ...(message === undefined ? {} : { message }), ...times, containerID } };
}

function containerStatus(view: ContainerView): Tree {
  return {
    name: view.name,
    image: view.image,
    imageID: view.image,
    state: stateOf(view.state, view.containerID),
    lastState: view.lastState === undefined ? {} : stateOf(view.lastState, view.containerID),
    ready: view.ready,
    started: view.state.type === 'running',
    restartCount: view.restartCount,
    ...(view.containerID === '' ? {} : { containerID: view.containerID }),
  };
}

/** Pending until each container ran once; an end is an end only where nothing restarts it. */
function phaseOf(pod: Tree, views: readonly ContainerView[], isStopped: boolean): string {
  const ends = views.flatMap(({ state }) => (state.type === 'terminated' ? [state.exitCode] : []));
  const policy = textAt(pod, 'spec', 'restartPolicy') ?? 'Always';
  const final = policy === 'Never' || (policy === 'OnFailure' && ends.every((code) => code === 0));
  if (views.length > 0 && ends.length === views.length && (isStopped || final)) {
    return ends.every((code) => code === 0) ? 'Succeeded' : 'Failed';
  }
  const ran = views.every(({ containerID }) => containerID !== '');
  return ran ? 'Running' : 'Pending';
}

function readyCondition(type: string, views: readonly ContainerView[], phase: string): Tree {
  const unready = views.filter((view) => !view.ready).map((view) => view.name);
  if (unready.length === 0) return { type, status: 'True' };
  if (phase === 'Succeeded') return { type, status: 'False', reason: 'PodCompleted' };
  const message = `containers with unready status: [${unready.join(' ')}]`;
  return { type, status: 'False', reason: 'ContainersNotReady', message };
}

/** The pod's status as a kubelet reports it. A condition keeps its transition time while its status stays. */
export function podStatus(
  pod: Tree,
  views: readonly ContainerView[],
  time: { readonly now: number; readonly startedAt: number; readonly isStopped: boolean },
  before: Tree | undefined,
): Tree {
  const phase = phaseOf(pod, views, time.isStopped);
  const running = views.some((view) => view.state.type === 'running');
  const wanted: Tree[] = [
    { type: 'PodReadyToStartContainers', status: running ? 'True' : 'False' },
    { type: 'Initialized', status: 'True' },
    readyCondition('Ready', views, phase),
    readyCondition('ContainersReady', views, phase),
    { type: 'PodScheduled', status: 'True' },
  ];
  const old = [...listAt(before, 'conditions'), ...listAt(pod, 'status', 'conditions')];
  const conditions = wanted.map((condition) => {
    const same = old.find((one) => textAt(one, 'type') === condition['type']);
    const kept = textAt(same, 'status') === condition['status'] ? textAt(same, 'lastTransitionTime') : undefined;
    // Null removes what an earlier status said: conditions are merged.
    return { reason: null, message: null, ...condition, lastTransitionTime: kept ?? kubeTime(time.now) };
  });
  return {
    phase,
    conditions,
    hostIP: HOST,
    hostIPs: [{ ip: HOST }],
    podIP: HOST,
    podIPs: [{ ip: HOST }],
    startTime: kubeTime(time.startedAt),
    containerStatuses: views.map(containerStatus),
  };
}
