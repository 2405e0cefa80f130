import { expect } from 'chai';
import { bench, type Bench } from './ask.js';

const CAS_MISMATCH = 'check-and-set parameter did not match the current version';

describe('[U] KV version 2 of the embedded Vault', () => {
  let at: Bench;

  const put = (path: string, data: unknown, cas?: number) =>
    at.ask('POST', `secret/data/${path}`, { body: { data, ...(cas === undefined ? {} : { options: { cas } }) } });
  const patch = (path: string, data: unknown, cas?: number) =>
    at.ask('PATCH', `secret/data/${path}`, { body: { data, ...(cas === undefined ? {} : { options: { cas } }) } });
  const versions = async (path: string) => (await at.ask('GET', `secret/metadata/${path}`)).body.data;

  beforeEach(async () => {
    at = await bench();
  });

  afterEach(() => at.vault.close());

  it('answers a write with the new version and its time to the nanosecond', async () => {
    const { status, body } = await put('a/b', { key: 'v' });
    expect(status).to.equal(200);
    const { created_time: createdTime, ...rest } = body.data;
    expect(createdTime).to.match(/^2026-11-24T11:00:00\.000000\d{3}Z$/);
    expect(rest).to.deep.equal({ custom_metadata: null, deletion_time: '', destroyed: false, version: 1 });
    expect(body).to.include({ lease_id: '', renewable: false, lease_duration: 0, wrap_info: null, auth: null });
  });

  it('never gives two versions the same time, also while its clock stands still', async () => {
    await put('a', {});
    await put('a', {});
    const { versions: both } = await versions('a');
    expect(both['1'].created_time < both['2'].created_time).to.equal(true);
  });

  it('keeps a write whose cas is the current version, and 0 for a key that does not exist', async () => {
    expect((await put('a', {}, 0)).status).to.equal(200);
    expect((await put('a', {}, 1)).body.data.version).to.equal(2);
  });

  it('refuses any other cas with 400, for a write and for a patch', async () => {
    await put('a', {}, 0);
    for (const cas of [0, 2, -1]) {
      expect((await put('a', {}, cas)).body).to.deep.equal({ errors: [CAS_MISMATCH] });
      expect((await patch('a', {}, cas)).body).to.deep.equal({ errors: [CAS_MISMATCH] });
    }
  });

  it('demands a cas where the key or the mount requires one', async () => {
    await at.ask('POST', 'secret/metadata/a', { body: { cas_required: true } });
    expect((await put('a', {})).body.errors).to.deep.equal(['check-and-set parameter required for this call']);
    await at.ask('POST', 'secret/config', { body: { cas_required: true } });
    expect((await put('b', {})).status).to.equal(400);
    expect((await put('b', {}, 0)).status).to.equal(200);
  });

  it('leaves siblings alone in a patch, merges objects and removes nulls', async () => {
    await put('a', { keep: 'x', gone: 'y', tree: { one: 1, two: 2 } });
    expect((await patch('a', { gone: null, tree: { two: null, three: [1] } }, 1)).body.data.version).to.equal(2);
    const { body } = await at.ask('GET', 'secret/data/a');
    expect(body.data.data).to.deep.equal({ keep: 'x', tree: { one: 1, three: [1] } });
  });

  it('takes a patch only as merge patch', async () => {
    await put('a', {});
    const headers = { 'content-type': 'application/json' };
    const { status, body } = await at.ask('PATCH', 'secret/data/a', { body: { data: {} }, headers });
    expect(status).to.equal(415);
    expect(body.errors[0]).to.match(/^PATCH requires Content-Type of application\/merge-patch\+json/);
  });

  it('answers 404 without a body to a patch of what never existed, and with one to a patch of a deleted version', async () => {
    const absent = await patch('a', { x: 1 });
    expect(absent.status).to.equal(404);
    expect(absent.body).to.deep.equal({});
    await put('a', { x: 1 });
    await at.ask('DELETE', 'secret/data/a');
    const deleted = await patch('a', { x: 2 }, 1);
    expect(deleted.status).to.equal(404);
    expect(deleted.body.data).to.include({ version: 1, destroyed: false });
  });

  it('tells apart what never existed, what is deleted and what is not mounted', async () => {
    expect((await at.ask('GET', 'secret/data/a')).body).to.deep.equal({ errors: [] });
    await put('a', { x: 1 });
    await at.ask('DELETE', 'secret/data/a');
    const deleted = await at.ask('GET', 'secret/data/a');
    expect(deleted.status).to.equal(404);
    expect(deleted.body.data.data).to.equal(null);
    expect(deleted.body.data.metadata.deletion_time).to.match(/Z$/);
    const nowhere = await at.ask('GET', 'nowhere/data/a');
    expect(nowhere.status).to.equal(404);
    expect(nowhere.body.errors[0]).to.equal('no handler for route "nowhere/data/a". route entry not found.');
  });

  it('brings a deleted version back, and a destroyed one never', async () => {
    await put('a', { x: 1 });
    await at.ask('POST', 'secret/delete/a', { body: { versions: [1] } });
    await at.ask('POST', 'secret/undelete/a', { body: { versions: [1] } });
    expect((await at.ask('GET', 'secret/data/a')).body.data.data).to.deep.equal({ x: 1 });
    await at.ask('PUT', 'secret/destroy/a', { body: { versions: [1] } });
    await at.ask('POST', 'secret/undelete/a', { body: { versions: [1] } });
    const { status, body } = await at.ask('GET', 'secret/data/a');
    expect(status).to.equal(404);
    expect(body.data.metadata.destroyed).to.equal(true);
  });

  it('still counts a destroyed current version in cas, and not as absent', async () => {
    await put('a', { x: 1 }, 0);
    await at.ask('POST', 'secret/destroy/a', { body: { versions: [1] } });
    expect((await put('a', { x: 2 }, 0)).status).to.equal(400);
    expect((await patch('a', { x: 2 }, 1)).status).to.equal(404);
    expect((await put('a', { x: 2 }, 1)).body.data.version).to.equal(2);
  });

  it('keeps ten versions, or the larger of what the key and the mount say', async () => {
    for (let n = 0; n < 11; n += 1) await put('ten', { n });
    expect(await versions('ten')).to.include({ current_version: 11, oldest_version: 2 });
    expect((await at.ask('GET', 'secret/data/ten?version=1')).body).to.deep.equal({ errors: [] });
    await at.ask('POST', 'secret/config', { body: { max_versions: 2 } });
    await at.ask('POST', 'secret/metadata/few', { body: { max_versions: 3 } });
    for (let n = 0; n < 5; n += 1) await put('few', { n });
    expect(Object.keys((await versions('few')).versions)).to.deep.equal(['3', '4', '5']);
  });

  it('lets versions delete themselves after the shorter of the two times', async () => {
    await at.ask('POST', 'secret/config', { body: { delete_version_after: '2h' } });
    await at.ask('POST', 'secret/metadata/a', { body: { delete_version_after: '1h' } });
    const { body } = await put('a', { x: 1 });
    expect(body.data.deletion_time).to.match(/^2026-11-24T12:00:00/);
    at.wait(3599);
    expect((await at.ask('GET', 'secret/data/a')).status).to.equal(200);
    at.wait(1);
    expect((await at.ask('GET', 'secret/data/a')).status).to.equal(404);
  });

  it('shows the names of fields without their values, to the depth asked for', async () => {
    await put('a', { x: 'secret', tree: { y: 'secret', z: [1] } });
    const all = await at.ask('GET', 'secret/subkeys/a');
    expect(all.body.data.subkeys).to.deep.equal({ x: null, tree: { y: null, z: null } });
    const flat = await at.ask('GET', 'secret/subkeys/a?depth=1');
    expect(flat.body.data.subkeys).to.deep.equal({ x: null, tree: null });
    expect(flat.body.data.metadata.version).to.equal(1);
  });

  it('makes no version for custom metadata, but a new number and time of the metadata', async () => {
    await put('a', {});
    at.wait(60);
    await at.ask('PATCH', 'secret/metadata/a', { body: { custom_metadata: { a: '1', b: '2' } } });
    await at.ask('PATCH', 'secret/metadata/a', { body: { custom_metadata: { a: null } } });
    const metadata = await versions('a');
    expect(metadata).to.include({ current_version: 1, current_metadata_version: 2 });
    expect(metadata.custom_metadata).to.deep.equal({ b: '2' });
    expect(metadata.updated_time > metadata.created_time).to.equal(true);
  });

  it('replaces all custom metadata in a POST, and refuses what does not fit', async () => {
    const write = (custom: unknown) => at.ask('POST', 'secret/metadata/a', { body: { custom_metadata: custom } });
    await write({ a: '1' });
    await write({ b: 2 });
    expect((await versions('a')).custom_metadata).to.deep.equal({ b: '2' });
    const tooMany = Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`k${n}`, 'v']));
    for (const custom of [{ a: 'x'.repeat(513) }, { ['k'.repeat(129)]: 'v' }, { a: 'x\ny' }, { a: '' }, tooMany]) {
      const { status, body } = await write(custom);
      expect(status).to.equal(400);
      expect(body.errors[0]).to.match(/custom_metadata validation failed/);
    }
  });

  it('compares metadata_cas with the number of the metadata', async () => {
    const write = (cas: number) =>
      at.ask('POST', 'secret/metadata/a', { body: { custom_metadata: { n: String(cas) }, metadata_cas: cas } });
    expect((await write(1)).body.errors).to.deep.equal(['metadata_cas must be 0 when creating new metadata']);
    expect((await write(0)).status).to.equal(204);
    expect((await write(0)).status).to.equal(400);
    expect((await write(1)).status).to.equal(204);
  });

  it('forgets a key with its metadata, so that cas 0 fits again', async () => {
    await put('a', { x: 1 });
    expect((await at.ask('DELETE', 'secret/metadata/a')).status).to.equal(204);
    expect((await at.ask('GET', 'secret/metadata/a')).body).to.deep.equal({ errors: [] });
    expect((await put('a', { x: 1 }, 0)).body.data.version).to.equal(1);
  });

  it('lists keys and folders of one level, in order, and nothing as 404', async () => {
    for (const path of ['d/b', 'd/a', 'd/a/x', 'e']) await put(path, {});
    expect((await at.ask('GET', 'secret/metadata/d?list=true')).body.data.keys).to.deep.equal(['a', 'a/', 'b']);
    expect((await at.ask('GET', 'secret/metadata?list=true')).body.data.keys).to.deep.equal(['d/', 'e']);
    expect((await at.ask('GET', 'secret/metadata/d?list=true&after=a/&limit=1')).body.data.keys).to.deep.equal(['b']);
    const nothing = await at.ask('GET', 'secret/metadata/none?list=true');
    expect([nothing.status, nothing.body]).to.deep.equal([404, { errors: [] }]);
  });

  it('describes every key of a folder in one detailed listing', async () => {
    await put('d/a', {});
    await put('d/b/c', {});
    const { body } = await at.ask('GET', 'secret/detailed-metadata/d?list=true');
    expect(body.data.keys).to.deep.equal(['a', 'b/']);
    expect(body.data.key_info.a).to.deep.equal(await versions('d/a'));
    expect(body.data.key_info['b/']).to.deep.equal({});
  });

  it('keeps names that are special to JavaScript as ordinary names', async () => {
    const raw = '{"__proto__":"x","constructor":"y"}';
    await put('__proto__', JSON.parse(raw));
    const { body } = await at.ask('GET', 'secret/data/__proto__');
    expect(JSON.stringify(body.data.data)).to.equal(raw);
    expect((await at.ask('GET', 'secret/data/constructor')).status).to.equal(404);
  });

  it('refuses a body of more than a thousand strings, names included', async () => {
    const fields = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, 1]));
    expect((await put('a', fields(999))).status).to.equal(200);
    const { status, body } = await put('a', fields(1000));
    expect(status).to.equal(400);
    expect(body.errors[0]).to.match(/exceeded maximum number of strings/);
  });

  it('names parameters that it does not know, and refuses those that it cannot read', async () => {
    await put('a', {});
    const { body } = await at.ask('GET', 'secret/data/a?unknown=1');
    expect(body.warnings).to.deep.equal(['Endpoint ignored these unrecognized parameters: [unknown]']);
    expect((await at.ask('GET', 'secret/data/a?version=x')).status).to.equal(400);
    expect((await at.ask('POST', 'secret/data/a', { body: { data: 'text' } })).status).to.equal(400);
    expect((await at.ask('POST', 'secret/data/a', { body: {} })).body.errors).to.deep.equal(['no data provided']);
  });
});
