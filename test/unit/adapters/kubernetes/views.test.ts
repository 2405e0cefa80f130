import type { V1ManagedFieldsEntry, V1Pod, V1PodTemplateSpec } from '@kubernetes/client-node';
import { expect } from 'chai';
import { annotationManagers, reconcilersOfKey } from '../../../../src/adapters/kubernetes/managed-fields.js';
import { podView } from '../../../../src/adapters/kubernetes/pods.js';
import { selectorText } from '../../../../src/adapters/kubernetes/rollout.js';
import { envOf, secretsOf } from '../../../../src/adapters/kubernetes/template.js';

const entry = (manager: string, time: string, fieldsV1: object): V1ManagedFieldsEntry => ({
  manager,
  operation: 'Update',
  time: new Date(time),
  fieldsV1,
});

const onTemplate = (...names: readonly string[]): object => {
  const annotations = Object.fromEntries(names.map((name) => [`f:${name}`, {}]));
  return { 'f:spec': { 'f:template': { 'f:metadata': { 'f:annotations': { '.': {}, ...annotations } } } } };
};

describe('[U] field managers', () => {
  it('the newest owner of a template annotation is its manager, whatever the order of the entries', () => {
    const managers = annotationManagers([
      entry('argocd-controller', '2026-11-24T10:00:00Z', onTemplate('keyturn.dev/a')),
      entry('keyturn', '2026-11-20T10:00:00Z', onTemplate('keyturn.dev/a', 'keyturn.dev/b')),
      entry('kube-controller-manager', '2026-11-24T11:00:00Z', { 'f:status': { 'f:replicas': {} } }),
      { manager: 'no-fields' },
    ]);
    expect(managers).to.deep.equal({ 'keyturn.dev/a': 'argocd-controller', 'keyturn.dev/b': 'keyturn' });
  });

  it('controllers and tools that would write a key again own it; a person with a tool does not', () => {
    const owns = (manager: string, key = 'token'): readonly string[] =>
      reconcilersOfKey([entry(manager, '2026-11-24T10:00:00Z', { 'f:data': { '.': {}, [`f:${key}`]: {} } })], 'token');
    const reconcilers = [
      'externalsecrets.external-secrets.io/api',
      'external-secrets',
      'argocd-controller',
      'argocd-application-controller',
      'kustomize-controller',
      'helm-controller',
      'helm',
      'Helm',
      'Terraform',
      'pulumi-kubernetes-1a2b3c4d',
      'cert-manager-certificates-issuing',
    ];
    for (const manager of reconcilers) expect(owns(manager), manager).to.deep.equal([manager]);
    const people = [
      'kubectl-create',
      'kubectl-client-side-apply',
      'kubectl-edit',
      'curl',
      'k9s',
      'keyturn',
      'keyturn-1f2e',
      'Mozilla',
    ];
    for (const manager of people) expect(owns(manager), manager).to.deep.equal([]);
    expect(owns('argocd-controller', 'other'), 'another key of the same Secret').to.deep.equal([]);
  });
});

describe('[U] what a pod template refers to', () => {
  const template: V1PodTemplateSpec = {
    spec: {
      initContainers: [
        { name: 'init', env: [{ name: 'I', valueFrom: { secretKeyRef: { name: 'init-secret', key: 'k' } } }] },
      ],
      containers: [
        {
          name: 'main',
          env: [
            { name: 'PLAIN', value: 'x' },
            { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'api', key: 'token' } } },
            { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
          ],
          envFrom: [{ secretRef: { name: 'all' } }, { configMapRef: { name: 'conf' } }],
        },
      ],
      volumes: [
        { name: 'a', secret: { secretName: 'mounted' } },
        { name: 'b', projected: { sources: [{ secret: { name: 'projected' } }, { configMap: { name: 'conf' } }] } },
        { name: 'c', emptyDir: {} },
      ],
      imagePullSecrets: [{ name: 'registry' }],
    },
  };

  it('lists variables of every container with the Secret key behind them', () => {
    expect(envOf(template)).to.deep.equal([
      { name: 'I', secretKey: { name: 'init-secret', key: 'k' } },
      { name: 'PLAIN' },
      { name: 'TOKEN', secretKey: { name: 'api', key: 'token' } },
      { name: 'NODE' },
    ]);
  });

  it('finds Secrets in env, envFrom, volumes and projected volumes, not those that only the kubelet uses', () => {
    expect(secretsOf(template)).to.deep.equal(['all', 'api', 'init-secret', 'mounted', 'projected']);
    expect(secretsOf(undefined)).to.deep.equal([]);
    expect(envOf({})).to.deep.equal([]);
  });
});

describe('[U] pods of a rollout', () => {
  const pod = (status: V1Pod['status']): V1Pod => ({
    metadata: { name: 'p' },
    ...(status === undefined ? {} : { status }),
  });
  const waiting = (reason: string, message: string): V1Pod =>
    pod({
      containerStatuses: [
        { name: 'c', image: 'i', imageID: '', ready: false, restartCount: 0, state: { waiting: { reason, message } } },
      ],
    });

  it('a pod that is ready has no trouble', () => {
    expect(podView(pod({ conditions: [{ type: 'Ready', status: 'True' }] }))).to.deep.equal({
      name: 'p',
      annotations: {},
      ready: true,
      terminating: false,
    });
  });

  it('a container that waits says why, in one line', () => {
    const trouble = podView(waiting('CreateContainerConfigError', 'secret "x"\n not found')).trouble;
    expect(trouble).to.equal('CreateContainerConfigError: secret "x" not found');
    expect(podView(waiting('ImagePullBackOff', 'x'.repeat(1000))).trouble).to.have.length.below(280);
    expect(podView(waiting('ContainerCreating', '')).trouble).to.equal(undefined);
  });

  it('what a program may have printed is never passed on', () => {
    expect(podView(waiting('PostStartHookError', 'hook printed s3cr3t')).trouble).to.equal('PostStartHookError');
    const ended = { exitCode: 1, reason: 'Error', message: 'log tail with s3cr3t' };
    const base = { name: 'c', image: 'i', imageID: '', ready: false, restartCount: 1 };
    expect(podView(pod({ containerStatuses: [{ ...base, state: { terminated: ended } }] })).trouble).to.equal(
      'Error (exit 1)',
    );
    const looping = {
      ...base,
      state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s' } },
      lastState: { terminated: ended },
    };
    expect(podView(pod({ containerStatuses: [looping] })).trouble).to.equal(
      'CrashLoopBackOff: back-off 10s (last exit 1)',
    );
  });

  it('a pod that no node takes says so', () => {
    const conditions = [
      { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes are available' },
    ];
    expect(podView(pod({ conditions })).trouble).to.equal('Unschedulable: 0/3 nodes are available');
  });

  it('a selector is written as the API reads it', () => {
    const text = selectorText({
      matchLabels: { app: 'web' },
      matchExpressions: [
        { key: 'tier', operator: 'In', values: ['a', 'b'] },
        { key: 'old', operator: 'DoesNotExist' },
        { key: 'team', operator: 'Exists' },
        { key: 'env', operator: 'NotIn', values: ['dev'] },
      ],
    });
    expect(text).to.equal('app=web,tier in (a,b),!old,team,env notin (dev)');
  });
});
