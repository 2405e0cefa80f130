import { expect } from 'chai';
import { jsonPatch } from '../../../../src/sandbox/kubernetes/patch/json.js';
import { mergePatch } from '../../../../src/sandbox/kubernetes/patch/merge.js';
import { strategicPatch } from '../../../../src/sandbox/kubernetes/patch/strategic.js';

describe('[U] embedded Kubernetes: patches', () => {
  it('merges as RFC 7396 says: objects merge, null removes, lists replace', () => {
    const target = { a: { b: 1, c: 2 }, d: [1, 2], e: 'x' };
    const patch = { a: { b: null, n: { m: null, o: 1 } }, d: [3], e: { f: 1 } };
    expect(mergePatch(target, patch)).to.deep.equal({ a: { c: 2, n: { o: 1 } }, d: [3], e: { f: 1 } });
    expect(target.a).to.deep.equal({ b: 1, c: 2 });
  });

  it('merges containers and their environment by name, new ones first', () => {
    const target = { containers: [{ name: 'a', image: '1', env: [{ name: 'K', value: 'v' }] }, { name: 'b' }] };
    const patch = {
      containers: [
        {
          name: 'a',
          env: [
            { name: 'X', value: 'y' },
            { name: 'K', value: 'w' },
          ],
        },
      ],
    };
    expect(strategicPatch(target, patch)).to.deep.equal({
      containers: [
        {
          name: 'a',
          image: '1',
          env: [
            { name: 'X', value: 'y' },
            { name: 'K', value: 'w' },
          ],
        },
        { name: 'b' },
      ],
    });
  });

  it('follows the directives of a strategic patch', () => {
    const target = {
      env: [{ name: 'A' }, { name: 'B' }],
      args: ['x'],
      finalizers: ['f', 'g'],
      strategy: { type: 'a', rolling: 1 },
    };
    const patch = {
      env: [{ name: 'A', $patch: 'delete' }],
      args: ['y'],
      '$deleteFromPrimitiveList/finalizers': ['f'],
      strategy: { $retainKeys: ['type'], type: 'b' },
    };
    expect(strategicPatch(target, patch)).to.deep.equal({
      env: [{ name: 'B' }],
      args: ['y'],
      finalizers: ['g'],
      strategy: { type: 'b' },
    });
    const order = { '$setElementOrder/env': [{ name: 'B' }, { name: 'A' }], env: [{ name: 'B', value: '1' }] };
    expect(strategicPatch(target, order)['env']).to.deep.equal([{ name: 'B', value: '1' }, { name: 'A' }]);
    expect(strategicPatch(target, { env: [{ $patch: 'replace' }, { name: 'C' }] })['env']).to.deep.equal([
      { name: 'C' },
    ]);
  });

  it('carries out each operation of RFC 6902', () => {
    const target = { a: { 'x/y': 1 }, list: ['p', 'q'] };
    const patch = [
      { op: 'test', path: '/a/x~1y', value: 1 },
      { op: 'add', path: '/list/1', value: 'between' },
      { op: 'add', path: '/list/-', value: 'last' },
      { op: 'remove', path: '/list/0' },
      { op: 'replace', path: '/a/x~1y', value: 2 },
      { op: 'copy', from: '/a', path: '/b' },
      { op: 'move', from: '/a/x~1y', path: '/a/z' },
    ];
    expect(jsonPatch(target, patch)).to.deep.equal({ a: { z: 2 }, b: { 'x/y': 2 }, list: ['between', 'q', 'last'] });
    expect(target.list).to.deep.equal(['p', 'q']);
  });

  it('refuses a JSON patch whose test fails or whose path is missing with 422', () => {
    for (const operation of [
      { op: 'test', path: '/a', value: 2 },
      { op: 'remove', path: '/none' },
      { op: 'replace', path: '/none', value: 1 },
      { op: 'add', path: '/list/7', value: 1 },
      { op: 'invent', path: '/a' },
    ]) {
      expect(() => jsonPatch({ a: 1, list: [] }, [operation]), operation.op)
        .to.throw()
        .with.property('code', 422);
    }
  });
});
