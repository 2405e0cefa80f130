import { expect } from 'chai';
import { CORE, JSON_PATCH, MERGE, startTestCluster, STRATEGIC, type TestCluster, type Doc } from './cluster.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const SECRET = `${CORE}/secrets/key`;

describe('[U] embedded Kubernetes: Secrets', () => {
  let cluster: TestCluster;
  beforeEach(async () => {
    cluster = await startTestCluster();
    await cluster.call('POST', `${CORE}/secrets`, {
      metadata: { name: 'key' },
      stringData: { key: 'old', other: 'kept' },
    });
  });
  afterEach(async () => {
    await cluster.kubernetes.close();
  });

  it('turns stringData into base64 data and fills in type, uid and version', async () => {
    const { status, body } = await cluster.call('GET', SECRET);
    expect(status).to.equal(200);
    expect(body).to.deep.include({ apiVersion: 'v1', kind: 'Secret', type: 'Opaque' });
    expect(body.data).to.deep.equal({ key: base64('old'), other: base64('kept') });
    expect(body).not.to.have.property('stringData');
    expect(body.metadata.uid).to.match(/^[0-9a-f-]{36}$/);
    expect(body.metadata.creationTimestamp).to.equal('2026-11-24T10:00:00Z');
  });

  it('refuses to create what exists with a Status that says AlreadyExists', async () => {
    const { status, body } = await cluster.call('POST', `${CORE}/secrets`, { metadata: { name: 'key' } });
    expect(status).to.equal(409);
    expect(body).to.deep.equal({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'secrets "key" already exists',
      reason: 'AlreadyExists',
      details: { name: 'key', kind: 'secrets' },
      code: 409,
    });
  });

  it('answers 404 for an object, and for a namespace, that does not exist', async () => {
    expect((await cluster.call('GET', `${CORE}/secrets/none`)).body).to.deep.include({ code: 404, reason: 'NotFound' });
    const elsewhere = await cluster.call('POST', '/api/v1/namespaces/none/secrets', { metadata: { name: 'key' } });
    expect(elsewhere.body.message).to.equal('namespaces "none" not found');
  });

  it('merges one key and leaves the others', async () => {
    const { body } = await cluster.call('PATCH', SECRET, { data: { key: base64('new') } }, { type: MERGE });
    expect(body.data).to.deep.equal({ key: base64('new'), other: base64('kept') });
  });

  it('removes a key that a merge patch sets to null, and data with its last key', async () => {
    const one = await cluster.call('PATCH', SECRET, { data: { key: null } }, { type: MERGE });
    expect(one.body.data).to.deep.equal({ other: base64('kept') });
    const none = await cluster.call('PATCH', SECRET, { data: { other: null } }, { type: MERGE });
    expect(none.body).not.to.have.property('data');
  });

  for (const [type, patch] of [
    [MERGE, { data: { key: base64('new') } }],
    [STRATEGIC, { data: { key: base64('new') } }],
  ] as const) {
    it(`refuses a ${type} under a version that has passed with 409 Conflict, and takes it under the present one`, async () => {
      const before = (await cluster.call('GET', SECRET)).body.metadata.resourceVersion;
      const touch = { metadata: { annotations: { touched: 'yes' } } };
      const now = (await cluster.call('PATCH', SECRET, touch, { type })).body.metadata.resourceVersion;
      expect(Number(now)).to.be.greaterThan(Number(before));
      const stale = await cluster.call('PATCH', SECRET, { ...patch, metadata: { resourceVersion: before } }, { type });
      expect(stale.status).to.equal(409);
      expect(stale.body.reason).to.equal('Conflict');
      expect(stale.body.message).to.equal(
        'Operation cannot be fulfilled on secrets "key": the object has been modified; please apply your changes to the latest version and try again',
      );
      expect((await cluster.call('GET', SECRET)).body.data.key).to.equal(base64('old'));
      const fresh = await cluster.call('PATCH', SECRET, { ...patch, metadata: { resourceVersion: now } }, { type });
      expect(fresh.body.data.key).to.equal(base64('new'));
    });
  }

  it('takes a JSON patch whose version is tested by the resourceVersion that it replaces', async () => {
    const stale = [
      { op: 'replace', path: '/metadata/resourceVersion', value: '1' },
      { op: 'replace', path: '/data/key', value: base64('new') },
    ];
    expect((await cluster.call('PATCH', SECRET, stale, { type: JSON_PATCH })).status).to.equal(409);
    const fresh = await cluster.call('PATCH', SECRET, stale.slice(1), { type: JSON_PATCH });
    expect(fresh.body.data.key).to.equal(base64('new'));
  });

  it('keeps the version when a patch changes nothing', async () => {
    const before = (await cluster.call('GET', SECRET)).body;
    const after = await cluster.call('PATCH', SECRET, { data: { key: base64('old') } }, { type: MERGE });
    expect(after.body).to.deep.equal(before);
  });

  it('refuses any change of the data of an immutable Secret with 422, but not of its labels', async () => {
    await cluster.call('PATCH', SECRET, { immutable: true }, { type: MERGE });
    const data = await cluster.call('PATCH', SECRET, { data: { key: base64('new') } }, { type: MERGE });
    expect(data.status).to.equal(422);
    expect(data.body.message).to.equal(
      'Secret "key" is invalid: data: Forbidden: field is immutable when `immutable` is set',
    );
    expect((await cluster.call('PATCH', SECRET, { immutable: false }, { type: MERGE })).status).to.equal(422);
    expect(
      (await cluster.call('PATCH', SECRET, { metadata: { labels: { a: 'b' } } }, { type: MERGE })).status,
    ).to.equal(200);
  });

  it('refuses another type with 422', async () => {
    const { status, body } = await cluster.call('PATCH', SECRET, { type: 'kubernetes.io/tls' }, { type: MERGE });
    expect(status).to.equal(422);
    expect(body.details.causes[0]).to.deep.include({ field: 'type', reason: 'FieldValueInvalid' });
  });

  it('replaces by PUT, under a version or without one', async () => {
    const current = (await cluster.call('GET', SECRET)).body;
    const stale = { ...current, data: {}, metadata: { ...current.metadata, resourceVersion: '1' } };
    expect((await cluster.call('PUT', SECRET, stale)).status).to.equal(409);
    const { body } = await cluster.call('PUT', SECRET, { metadata: { name: 'key' }, data: { only: base64('x') } });
    expect(body.data).to.deep.equal({ only: base64('x') });
    expect(body.metadata.uid).to.equal(current.metadata.uid);
  });

  it('refuses a patch with another type of body with 415', async () => {
    expect((await cluster.call('PATCH', SECRET, {})).status).to.equal(415);
  });

  it('repeats the whole object in its refusal of a patch that is no base64, as the real server does', async () => {
    const { status, body } = await cluster.call('PATCH', SECRET, { data: { key: '%' } }, { type: MERGE });
    expect(status).to.equal(422);
    expect(body.message).to.contain(base64('kept'));
  });

  it('deletes under the precondition of a uid', async () => {
    const wrong = await cluster.call('DELETE', SECRET, { preconditions: { uid: 'another' } });
    expect(wrong.body).to.deep.include({ code: 409, reason: 'Conflict' });
    const { status, body } = await cluster.call('DELETE', SECRET);
    expect(status).to.equal(200);
    expect(body).to.deep.include({ kind: 'Status', status: 'Success' });
    expect((await cluster.call('GET', SECRET)).status).to.equal(404);
  });

  it('lists with selectors and pages, items without kind', async () => {
    for (const name of ['a', 'b', 'c']) {
      await cluster.call('POST', `${CORE}/secrets`, { metadata: { name, labels: { set: name === 'c' ? 'x' : 'y' } } });
    }
    const names = (body: Doc): string[] => body.items.map((item) => item.metadata.name);
    const list = async (query: string) => (await cluster.call('GET', `${CORE}/secrets?${query}`)).body;
    expect(names(await list('labelSelector=set%3Dy'))).to.deep.equal(['a', 'b']);
    expect(names(await list('labelSelector=set+in+(x,z)'))).to.deep.equal(['c']);
    expect(names(await list('labelSelector=!set'))).to.deep.equal(['key']);
    expect(names(await list('fieldSelector=metadata.name%3Db'))).to.deep.equal(['b']);
    const first = await list('limit=3');
    expect(names(first)).to.deep.equal(['a', 'b', 'c']);
    expect(names(await list(`limit=3&continue=${first.metadata.continue}`))).to.deep.equal(['key']);
    expect(first.items[0]).not.to.have.property('kind');
    expect((await cluster.call('GET', `${CORE}/secrets?fieldSelector=data.x%3Db`)).status).to.equal(400);
    expect((await cluster.call('GET', `${CORE}/secrets?watch=true`)).status).to.equal(400);
  });
});
