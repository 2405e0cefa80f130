import { inspect } from 'node:util';
import { expect } from 'chai';
import { Material } from '../../../../src/domain/material.js';
import type { Kubernetes } from '../../../../src/domain/ports.js';
import { connect, faultOf, kubeconfig, startAnswers, status } from './answers.js';
import type { Answers, Reply } from './answers.js';

const COPY = { namespace: 'shop', name: 'api', key: 'token' };
const WORKLOAD = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const;
const VALUE = 'hunter2-hunter2';

describe('[U] faults of a Kubernetes API', () => {
  let server: Answers;
  let file: ReturnType<typeof kubeconfig>;
  let reply: Reply;
  let kubernetes: Kubernetes;

  before(async () => {
    server = await startAnswers(() => reply);
    file = kubeconfig(server.url);
    kubernetes = await connect(file.path);
  });

  after(async () => {
    await server.close();
    file.remove();
  });

  const patch = (): Promise<string> => kubernetes.patchSecret(COPY, new Material(VALUE), {}, '7');
  const create = (): Promise<string> => kubernetes.createSecret(COPY, new Material(VALUE), {});

  const cases: readonly [string, Reply, { kind: string; effect: string; said: string }][] = [
    [
      'a stale resourceVersion is a conflict',
      status(
        409,
        'Conflict',
        `Operation cannot be fulfilled on secrets "api": the object has been modified; ${VALUE}`,
        { name: 'api', kind: 'secrets' },
      ),
      { kind: 'conflict', effect: 'none', said: 'Conflict: the object was modified in between' },
    ],
    [
      'a name that exists is a conflict',
      status(409, 'AlreadyExists', `secrets "api" already exists ${VALUE}`, { name: 'api', kind: 'secrets' }),
      { kind: 'conflict', effect: 'none', said: 'AlreadyExists' },
    ],
    [
      'an immutable Secret is invalid, and named so',
      status(
        422,
        'Invalid',
        `Secret "api" is invalid: data: Forbidden: field is immutable when \`immutable\` is set ${VALUE}`,
        {
          name: 'api',
          kind: 'Secret',
          causes: [
            {
              reason: 'FieldValueForbidden',
              message: 'Forbidden: field is immutable when `immutable` is set',
              field: 'data',
            },
          ],
        },
      ),
      { kind: 'invalid', effect: 'none', said: 'Invalid: the object is immutable' },
    ],
    [
      'a field that validation refuses is named without its value',
      status(422, 'Invalid', `Secret "api" is invalid: data[token]: Invalid value: "${VALUE}"`, {
        causes: [{ reason: 'FieldValueInvalid', message: `Invalid value: "${VALUE}"`, field: `data[${VALUE}]` }],
      }),
      { kind: 'invalid', effect: 'none', said: 'Invalid (data)' },
    ],
    [
      'a missing right is denied, with who lacks which',
      status(
        403,
        'Forbidden',
        'secrets "api" is forbidden: User "bot" cannot patch resource "secrets" in API group "" in the namespace "shop"',
      ),
      {
        kind: 'denied',
        effect: 'none',
        said: 'Forbidden: User "bot" cannot patch resource "secrets" in API group "" in the namespace "shop"',
      },
    ],
    [
      'a webhook that refuses is named without its words',
      status(403, 'Forbidden', `admission webhook "check.example.com" denied the request: bad value ${VALUE}`),
      { kind: 'denied', effect: 'none', said: 'Forbidden: admission webhook check.example.com denied it' },
    ],
    [
      'a namespace that is being deleted is absent',
      status(
        403,
        'Forbidden',
        'secrets "api" is forbidden: unable to create new content in namespace shop because it is being terminated',
        {
          causes: [
            {
              reason: 'NamespaceTerminating',
              message: 'namespace shop is being terminated',
              field: 'metadata.namespace',
            },
          ],
        },
      ),
      { kind: 'absent', effect: 'none', said: 'Forbidden: the namespace is being deleted' },
    ],
    [
      'a missing namespace is absent, and named',
      status(404, 'NotFound', 'namespaces "shop" not found', { name: 'shop', kind: 'namespaces' }),
      { kind: 'absent', effect: 'none', said: 'namespace "shop" does not exist' },
    ],
    [
      'a missing object is absent',
      status(404, 'NotFound', 'secrets "api" not found', { name: 'api', kind: 'secrets' }),
      { kind: 'absent', effect: 'none', said: 'NotFound' },
    ],
    [
      'an unknown login is unauthenticated',
      status(401, 'Unauthorized', 'Unauthorized'),
      { kind: 'unauthenticated', effect: 'none', said: 'Unauthorized' },
    ],
    [
      'a proxy that wants a login is unauthenticated too',
      { status: 401, body: '<html>' },
      { kind: 'unauthenticated', effect: 'none', said: 'no login, or one that the server does not accept' },
    ],
    [
      'an internal error may have taken effect and is not quoted',
      status(500, 'InternalError', `Internal error occurred: ${VALUE}`),
      { kind: 'unavailable', effect: 'unknown', said: 'InternalError' },
    ],
    [
      'a request that the server cannot read changed nothing',
      status(400, 'BadRequest', `cannot unmarshal ${VALUE}`),
      { kind: 'invalid', effect: 'none', said: 'BadRequest' },
    ],
    [
      'a gateway that gives up may have passed the request on',
      { status: 504, body: `<html>${VALUE}` },
      { kind: 'unavailable', effect: 'unknown', said: 'the server is not available' },
    ],
  ];

  for (const [name, answer, expected] of cases) {
    it(name, async () => {
      reply = answer;
      for (const fault of [await faultOf(patch()), await faultOf(create())]) {
        expect(fault).to.include(expected);
        expect(inspect(fault) + JSON.stringify(fault)).to.not.contain(VALUE);
      }
    });
  }

  it('a read that finds no object says so with null, whatever the namespace', async () => {
    reply = status(404, 'NotFound', 'secrets "api" not found', { name: 'api', kind: 'secrets' });
    expect(await kubernetes.readSecret(COPY)).to.equal(null);
    reply = status(404, 'NotFound', 'deployments.apps "web" not found', {
      name: 'web',
      kind: 'deployments',
      group: 'apps',
    });
    expect(await kubernetes.readWorkload(WORKLOAD)).to.equal(null);
    expect(await kubernetes.rollout(WORKLOAD)).to.equal(null);
  });

  it('a server that does not know the API is no proof that the object is absent', async () => {
    reply = status(404, 'NotFound', 'the server could not find the requested resource');
    expect(await faultOf(kubernetes.readSecret(COPY))).to.include({ kind: 'invalid', effect: 'none' });
    reply = { status: 404, body: '404 page not found' };
    expect(await faultOf(kubernetes.readSecret(COPY))).to.include({ kind: 'malformed' });
  });

  it('a refusal about a workload is quoted where it cannot hold part of it, and named by its fields where it can', async () => {
    reply = status(409, 'Conflict', 'Operation cannot be fulfilled on deployments.apps "web": try again', {
      name: 'web',
    });
    const conflict = await faultOf(kubernetes.annotateTemplate(WORKLOAD, { a: 'b' }, '1'));
    expect(conflict.said).to.equal('Conflict: Operation cannot be fulfilled on deployments.apps "web": try again');
    reply = status(422, 'Invalid', `env: Invalid value: "${VALUE}"`, {
      causes: [
        { reason: 'FieldValueInvalid', message: VALUE, field: 'spec.template.spec.containers[0].env[0].valueFrom' },
      ],
    });
    const invalid = await faultOf(kubernetes.annotateTemplate(WORKLOAD, { a: 'b' }, '1'));
    expect(invalid).to.include({ kind: 'invalid', said: 'Invalid (spec.template.spec.containers)' });
  });

  it('names that could climb out of their path are refused before anything is sent', async () => {
    const before = server.received.length;
    const bad = ['..', '.', 'a/b', '', 'Upper', '-a', 'a'.repeat(254), 'a\n'];
    for (const name of bad) {
      expect(await faultOf(kubernetes.readSecret({ ...COPY, name })), name).to.include({
        kind: 'invalid',
        effect: 'none',
      });
      expect(await faultOf(kubernetes.readWorkload({ ...WORKLOAD, namespace: name })), name).to.include({
        kind: 'invalid',
      });
    }
    for (const key of ['a/b', '..', '..x', '', '__proto__', 'a b']) {
      expect(await faultOf(kubernetes.createSecret({ ...COPY, key }, undefined, {})), key).to.include({
        kind: 'invalid',
        effect: 'none',
      });
    }
    expect(await faultOf(kubernetes.readSecret({ ...COPY, namespace: 'a.b' }))).to.include({ kind: 'invalid' });
    expect(server.received.length).to.equal(before);
  });
});
