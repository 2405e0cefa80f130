import { expect } from 'chai';
import * as fc from 'fast-check';
import { cyclicCore, inOrder } from '../../../src/planner/order.js';

type Graph = { readonly [id: string]: readonly string[] };

function needs(graph: Graph): (id: string) => readonly string[] {
  return (id) => graph[id] ?? [];
}

/** `n` nodes; node i needs only later ones, so there is no cycle. */
const acyclic = fc
  .integer({ min: 1, max: 20 })
  .chain((n) =>
    fc
      .array(fc.array(fc.nat({ max: n - 1 }), { maxLength: 4 }), { minLength: n, maxLength: n })
      .map(
        (rows): Graph =>
          Object.fromEntries(rows.map((row, i) => [`n${i}`, row.filter((j) => j > i).map((j) => `n${j}`)])),
      ),
  );

describe('[U] planner: order by need', () => {
  it('keeps the order given where nobody needs anybody', () => {
    expect(inOrder(['c', 'a', 'b'], needs({}))).to.deep.equal(['c', 'a', 'b']);
  });

  it('takes needs in their own order, right before who needs them', () => {
    expect(inOrder(['a', 'b', 'c', 'd'], needs({ b: ['d', 'c'] }))).to.deep.equal(['a', 'd', 'c', 'b']);
  });

  it('passes over needs that are not in the list, and needs of oneself', () => {
    expect(inOrder(['a', 'b'], needs({ a: ['x', 'a'] }))).to.deep.equal(['a', 'b']);
  });

  it('ends on a circle and names everybody once', () => {
    expect(inOrder(['a', 'b', 'c'], needs({ a: ['b'], b: ['c'], c: ['a'] })))
      .to.have.members(['a', 'b', 'c'])
      .and.have.length(3);
  });

  it('puts needs first in every graph without circles, and loses nobody', () => {
    fc.assert(
      fc.property(acyclic, (graph) => {
        const out = inOrder(Object.keys(graph), needs(graph));
        expect(out.toSorted()).to.deep.equal(Object.keys(graph).toSorted());
        for (const [id, others] of Object.entries(graph))
          for (const other of others) expect(out.indexOf(other)).to.be.lessThan(out.indexOf(id));
      }),
    );
  });

  it('goes down a line of 100,000 needs', () => {
    const ids = Array.from({ length: 100_000 }, (_, i) => `n${i}`);
    const out = inOrder(ids, (id) => [`n${Number(id.slice(1)) + 1}`]);
    expect(out[0]).to.equal('n99999');
    expect(out).to.have.length(100_000);
  });
});

describe('[U] planner: circles', () => {
  it('are none in a graph without circles', () => {
    fc.assert(
      fc.property(acyclic, (graph) => {
        expect([...cyclicCore(Object.keys(graph), needs(graph))]).to.deep.equal([]);
      }),
    );
  });

  it('are found without what leads to them and what they lead to', () => {
    const graph = { in: ['a'], a: ['b'], b: ['a', 'out'], out: [], alone: ['alone'] };
    expect([...cyclicCore(Object.keys(graph), needs(graph))])
      .to.have.members(['a', 'b'])
      .and.have.length(2);
  });
});
