import { expect } from 'chai';
import {
  APPS,
  CORE,
  MERGE,
  startTestCluster,
  type TestCluster,
  workload,
  type Doc,
  type Entry,
  type Fields,
} from './cluster.js';

const DEPLOYMENT = `${APPS}/deployments/web`;
const annotate = (annotations: Record<string, string | null>) => ({
  spec: { template: { metadata: { annotations } } },
});

function managerOf(object: Doc, annotation: string): string | undefined {
  const path = ['f:spec', 'f:template', 'f:metadata', 'f:annotations', `f:${annotation}`];
  const holds = (entry: Entry): boolean =>
    path.reduce<Fields | undefined>((tree, step) => tree?.[step], entry.fieldsV1) !== undefined;
  return object.metadata.managedFields.find(holds)?.manager;
}

describe('[U] embedded Kubernetes: who owns which field', () => {
  let cluster: TestCluster;
  beforeEach(async () => {
    cluster = await startTestCluster();
    await cluster.call('POST', `${APPS}/deployments?fieldManager=maker`, workload('web', { replicas: 0 }));
  });
  afterEach(async () => {
    await cluster.kubernetes.close();
  });

  const patch = async (manager: string, annotations: Record<string, string | null>) =>
    (await cluster.call('PATCH', `${DEPLOYMENT}?fieldManager=${manager}`, annotate(annotations), { type: MERGE })).body;

  it('names who set an annotation of the template, and who set it last', async () => {
    expect(managerOf(await patch('first', { a: '1', b: '1' }), 'a')).to.equal('first');
    const object = await patch('second', { a: '2' });
    expect(managerOf(object, 'a')).to.equal('second');
    expect(managerOf(object, 'b')).to.equal('first');
  });

  it('forgets the owner of what is removed, and a manager that owns nothing', async () => {
    await patch('first', { a: '1' });
    const object = await patch('second', { a: null });
    expect(managerOf(object, 'a')).to.equal(undefined);
    expect(object.metadata.managedFields.map((entry) => entry.manager)).not.to.include.members(['first', 'second']);
  });

  it('moves the time of the writer alone', async () => {
    await patch('first', { a: '1' });
    cluster.clock.advance(60_000);
    const object = await patch('second', { b: '1' });
    const times = object.metadata.managedFields.map((entry) => [entry.manager, entry.time]);
    expect(times).to.deep.include(['first', '2026-11-24T10:00:00Z']);
    expect(times).to.deep.include(['second', '2026-11-24T10:01:00Z']);
  });

  it('keeps what a controller wrote through the status apart', async () => {
    const { body } = await cluster.call('GET', DEPLOYMENT);
    const entry = body.metadata.managedFields.find((one) => one.manager === 'kube-controller-manager');
    expect(entry).to.deep.include({ operation: 'Update', apiVersion: 'apps/v1', subresource: 'status' });
    expect(entry?.fieldsV1['f:metadata']?.['f:annotations']).to.have.property('f:deployment.kubernetes.io/revision');
    const maker = body.metadata.managedFields.find((one) => one.manager === 'maker');
    expect(maker).not.to.have.property('subresource');
    expect(maker?.fieldsV1['f:spec']?.['f:template']?.['f:spec']?.['f:containers']).to.have.keys('k:{"name":"web"}');
  });

  it('takes the beginning of the user agent where no manager is named', async () => {
    const { body } = await cluster.call('POST', `${CORE}/secrets`, { metadata: { name: 's' }, stringData: { k: 'v' } });
    expect(body.metadata.managedFields).to.deep.equal([
      {
        manager: 'tester',
        operation: 'Update',
        apiVersion: 'v1',
        time: '2026-11-24T10:00:00Z',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': { '.': {}, 'f:k': {} }, 'f:type': {} },
      },
    ]);
  });
});
