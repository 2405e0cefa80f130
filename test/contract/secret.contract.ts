import { inspect } from 'node:util';
import { expect } from 'chai';
import { Material } from '../../src/domain/material.js';
import type { Copy } from '../../src/domain/policy.js';
import type { Kubernetes } from '../../src/domain/ports.js';
import { FIELD_MANAGER, MERGE_PATCH } from './cluster-world.js';
import type { StartWorld, World } from './cluster-world.js';
import { faultOf } from './faults.js';
import { SECRET_TRAFFIC } from './traffic.js';

interface StoredSecret {
  readonly type: string;
  readonly data?: { readonly [key: string]: string };
  readonly metadata: {
    readonly uid: string;
    readonly resourceVersion: string;
    readonly labels?: object;
    readonly annotations?: { readonly [name: string]: string };
    readonly managedFields?: readonly { readonly manager: string; readonly operation: string }[];
  };
}

const VALUE = 'a-value-that-must-not-leak-anywhere';

/** What keyturn relies on when it writes copies into Kubernetes Secrets, on any cluster that keeps the API's promises. */
export function describeSecrets(name: string, start: StartWorld): void {
  describe(`[C] Secrets of ${name}`, function () {
    this.timeout(60_000);
    let world: World;
    let kubernetes: Kubernetes;
    let copy: Copy;

    const path = (secret = copy.name): string => `/api/v1/namespaces/${copy.namespace}/secrets/${secret}`;
    const stored = (): Promise<StoredSecret> => world.admin('GET', path());
    const make = (body: object = {}): Promise<StoredSecret> =>
      world.admin('POST', `/api/v1/namespaces/${copy.namespace}/secrets`, {
        metadata: { name: copy.name },
        data: { [copy.key]: base64('old'), sibling: base64('sibling') },
        ...body,
      });

    before(async () => {
      world = await start({ kubelet: false });
      kubernetes = await world.connect();
    });

    after(() => world.close());

    beforeEach(async () => {
      copy = { namespace: await world.namespace(), name: 'api', key: 'token' };
    });

    it('a Secret that does not exist is null, in a namespace that does not exist too', async () => {
      expect(await kubernetes.readSecret(copy)).to.equal(null);
      expect(await kubernetes.readSecret({ ...copy, namespace: 'no-such-namespace' })).to.equal(null);
    });

    it('a created Secret is Opaque, labelled, signed, and holds the value and nothing of it elsewhere', async () => {
      const version = await kubernetes.createSecret(copy, new Material(VALUE), { 'keyturn.dev/a': 'r1.3' });
      const secret = await stored();
      expect(secret.type).to.equal('Opaque');
      expect(secret.data).to.deep.equal({ token: base64(VALUE) });
      expect(secret.metadata.labels).to.deep.equal({ 'app.kubernetes.io/managed-by': 'keyturn' });
      expect(secret.metadata.annotations).to.deep.equal({ 'keyturn.dev/a': 'r1.3' });
      expect(secret.metadata.managedFields?.map((one) => one.manager)).to.deep.equal([FIELD_MANAGER]);
      expect(secret.metadata.resourceVersion).to.equal(version);
      const { data: _data, ...rest } = secret;
      expect(JSON.stringify(rest)).to.not.contain(base64(VALUE));
    });

    it('what was written is what is read: UTF-8, line breaks, an empty value, a large one', async () => {
      for (const [at, text] of ['grün\n\u0000\u{1F511}', '', 'x'.repeat(500_000)].entries()) {
        const one = { ...copy, name: `api-${at}` };
        const resourceVersion = await kubernetes.createSecret(one, new Material(text), {});
        const read = await kubernetes.readSecret(one);
        expect(read).to.include({ resourceVersion, type: 'Opaque', immutable: false });
        expect(read?.value?.expose() === text).to.equal(true);
        expect(read?.owners).to.deep.equal([]);
      }
    });

    it('a Secret can be created without the key, and has no value then', async () => {
      await kubernetes.createSecret(copy, undefined, { 'keyturn.dev/a': 'r1.3' });
      const read = await kubernetes.readSecret(copy);
      expect(read).to.not.have.property('value');
      expect(read?.annotations).to.deep.equal({ 'keyturn.dev/a': 'r1.3' });
    });

    it('creating twice is a conflict that changes nothing', async () => {
      await kubernetes.createSecret(copy, new Material('first'), {});
      const before = await stored();
      const fault = await faultOf(kubernetes.createSecret(copy, new Material(VALUE), {}));
      expect(fault).to.include({ kind: 'conflict', effect: 'none', status: 409 });
      expect(await stored()).to.deep.equal(before);
      expectNothingLeaked(fault);
    });

    it('creating in a namespace that does not exist says that the namespace is absent', async () => {
      const fault = await faultOf(
        kubernetes.createSecret({ ...copy, namespace: 'no-such-namespace' }, new Material(VALUE), {}),
      );
      expect(fault).to.include({
        kind: 'absent',
        effect: 'none',
        said: 'namespace "no-such-namespace" does not exist',
      });
    });

    it('a patch changes one key and one annotation and leaves siblings as they are', async () => {
      const made = await make({
        metadata: { name: copy.name, annotations: { other: 'stays' }, labels: { l: 'stays' } },
      });
      const version = await kubernetes.patchSecret(
        copy,
        new Material('new'),
        { 'keyturn.dev/a': 'r2.5' },
        made.metadata.resourceVersion,
      );
      const secret = await stored();
      expect(secret.data).to.deep.equal({ token: base64('new'), sibling: base64('sibling') });
      expect(secret.metadata.annotations).to.deep.equal({ other: 'stays', 'keyturn.dev/a': 'r2.5' });
      expect(secret.metadata.labels).to.deep.equal({ l: 'stays' });
      expect(secret.metadata.resourceVersion).to.equal(version);
      expect(version).to.not.equal(made.metadata.resourceVersion);
      expect(secret.metadata.managedFields?.map((one) => one.manager)).to.include(FIELD_MANAGER);
    });

    it('null removes the key, undefined leaves it', async () => {
      const made = await make();
      const touched = await kubernetes.patchSecret(
        copy,
        undefined,
        { 'keyturn.dev/a': 'x' },
        made.metadata.resourceVersion,
      );
      expect((await stored()).data).to.deep.equal({ token: base64('old'), sibling: base64('sibling') });
      await kubernetes.patchSecret(copy, null, {}, touched);
      expect((await stored()).data).to.deep.equal({ sibling: base64('sibling') });
      expect(await kubernetes.readSecret(copy)).to.not.have.property('value');
    });

    it('a key can be put into a Secret that has no data at all', async () => {
      const empty = await make({ data: undefined });
      await kubernetes.patchSecret({ ...copy, key: 'tls.crt' }, new Material('v'), {}, empty.metadata.resourceVersion);
      expect((await stored()).data).to.deep.equal({ 'tls.crt': base64('v') });
    });

    it('a stale resourceVersion is a conflict that changes nothing', async () => {
      const made = await make();
      await world.admin('PATCH', path(), { metadata: { annotations: { touched: 'x' } } }, MERGE_PATCH);
      const before = await stored();
      const fault = await faultOf(kubernetes.patchSecret(copy, new Material(VALUE), {}, made.metadata.resourceVersion));
      expect(fault).to.include({ kind: 'conflict', effect: 'none', status: 409, retriable: false });
      expect(await stored()).to.deep.equal(before);
      expectNothingLeaked(fault);
    });

    it('a touch ends every earlier request: of two writes under one resourceVersion one is a conflict', async () => {
      const { metadata } = await make();
      const values = ['one', 'two', 'three', 'four'];
      const results = await Promise.allSettled(
        values.map((value) => kubernetes.patchSecret(copy, new Material(value), {}, metadata.resourceVersion)),
      );
      const won = values.filter((_, at) => results[at]?.status === 'fulfilled');
      expect(won).to.have.length(1);
      expect((await stored()).data?.['token']).to.equal(base64(won[0] ?? ''));
    });

    it('a patch that changes nothing leaves the resourceVersion as it is', async () => {
      const version = await kubernetes.createSecret(copy, new Material('same'), { 'keyturn.dev/a': 'r1.3' });
      expect(await kubernetes.patchSecret(copy, new Material('same'), { 'keyturn.dev/a': 'r1.3' }, version)).to.equal(
        version,
      );
    });

    it('a patch of a Secret that is gone says that it is absent', async () => {
      const { metadata } = await make();
      await world.admin('DELETE', path());
      const fault = await faultOf(kubernetes.patchSecret(copy, new Material(VALUE), {}, metadata.resourceVersion));
      expect(fault).to.include({ kind: 'absent', effect: 'none', status: 404 });
    });

    it('one that was deleted and made again is not taken for the old one', async () => {
      const { metadata } = await make();
      await world.admin('DELETE', path());
      await make();
      const fault = await faultOf(kubernetes.patchSecret(copy, new Material(VALUE), {}, metadata.resourceVersion));
      expect(fault).to.include({ kind: 'conflict', effect: 'none' });
    });

    it('an immutable Secret says so, and refuses a new value as invalid', async () => {
      const { metadata } = await make({ immutable: true });
      expect(await kubernetes.readSecret(copy)).to.include({ immutable: true });
      const fault = await faultOf(kubernetes.patchSecret(copy, new Material(VALUE), {}, metadata.resourceVersion));
      expect(fault).to.include({
        kind: 'invalid',
        effect: 'none',
        status: 422,
        said: 'Invalid: the object is immutable',
      });
      expectNothingLeaked(fault);
    });

    it('ownerReferences and reconcilers that wrote the key are its owners, a person is none', async () => {
      const { metadata } = await make();
      const as = (manager: string): string => `${path()}?fieldManager=${encodeURIComponent(manager)}`;
      await world.admin('PATCH', as('kubectl-edit'), { data: { token: base64('by hand') } }, MERGE_PATCH);
      expect((await kubernetes.readSecret(copy))?.owners).to.deep.equal([]);
      await world.admin(
        'PATCH',
        as('externalsecrets.external-secrets.io/api'),
        { data: { token: base64('synced') } },
        MERGE_PATCH,
      );
      const owner = { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret', name: 'api', uid: metadata.uid };
      await world.admin('PATCH', path(), { metadata: { ownerReferences: [owner] } }, MERGE_PATCH);
      expect((await kubernetes.readSecret(copy))?.owners).to.deep.equal([
        'ExternalSecret/api',
        'externalsecrets.external-secrets.io/api',
      ]);
      expect((await kubernetes.readSecret({ ...copy, key: 'sibling' }))?.owners).to.deep.equal(['ExternalSecret/api']);
    });

    it('who may only read is refused every write, and is told so beforehand', async () => {
      const token = await world.grant(copy.namespace, [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }]);
      const reader = await world.connect(token);
      const { metadata } = await make();
      expect((await reader.readSecret(copy))?.value?.equals(new Material('old'))).to.equal(true);
      const writes = [
        () => reader.patchSecret(copy, new Material(VALUE), {}, metadata.resourceVersion),
        () => reader.createSecret({ ...copy, name: 'second' }, new Material(VALUE), {}),
      ];
      for (const write of writes) {
        const fault = await faultOf(write());
        expect(fault).to.include({ kind: 'denied', effect: 'none', status: 403, retriable: false });
        expect(fault.said).to.match(
          /^Forbidden: User ".+" cannot (patch|create) resource "secrets" in API group "" in the namespace/,
        );
        expectNothingLeaked(fault);
      }
      const may = (verb: string): Promise<boolean> =>
        reader.allowed({ verb, group: '', resource: 'secrets', namespace: copy.namespace, name: copy.name });
      expect([await may('get'), await may('patch'), await may('create')]).to.deep.equal([true, false, false]);
      expect(
        await kubernetes.allowed({ verb: 'create', group: '', resource: 'secrets', namespace: copy.namespace }),
      ).to.equal(true);
      expect(await faultOf(reader.readSecret({ ...copy, namespace: 'default' }))).to.include({ kind: 'denied' });
    });

    it('a token that nobody knows is unauthenticated, for reading and for writing', async () => {
      const stranger = await world.connect('no-such-token');
      for (const work of [
        () => stranger.readSecret(copy),
        () => stranger.createSecret(copy, new Material(VALUE), {}),
      ]) {
        expect(await faultOf(work())).to.include({ kind: 'unauthenticated', effect: 'none', status: 401 });
      }
    });

    // Nested, because mocha runs the tests of a suite before those of the suites in it.
    describe('the record of its traffic', () => {
      it('holds every request that keyturn sends, with every status that it reads', () => {
        expect([...world.traffic].sort()).to.deep.equal(SECRET_TRAFFIC);
      });
    });
  });
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

function expectNothingLeaked(fault: unknown): void {
  const text = inspect(fault) + JSON.stringify(fault);
  expect(text).to.not.contain(VALUE);
  expect(text).to.not.contain(base64(VALUE));
}
