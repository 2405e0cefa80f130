import { expect } from 'chai';
import { journalsNeeded, strayMarkersOf } from '../../../src/planner/needs.js';
import {
  ABSENT,
  consumer,
  faultOf,
  idOf,
  inputOf,
  journalOf,
  observedOf,
  openOf,
  policyOf,
  ROTATION,
  type World,
} from './support.js';

const OTHER = '00000000000000bb';

function needed(world: World): readonly string[] {
  return journalsNeeded(inputOf(world));
}

function one(observation: NonNullable<World['observations']>[string], more: Partial<World> = {}): World {
  return { policies: [policyOf('a'), policyOf('z')], observations: { a: observation }, ...more };
}

describe('[U] planner: which journals a plan reads', () => {
  it('none of secrets to which nothing is to be done', () => {
    expect(needed(one(observedOf(1)))).to.deep.equal([]);
  });

  it('those of due, missing, forced and drifted ones', () => {
    expect(needed(one(observedOf(40)))).to.deep.equal(['a']);
    expect(needed(one(ABSENT))).to.deep.equal(['a']);
    expect(needed(one(observedOf(1), { selection: { forced: [idOf('a')] } }))).to.deep.equal(['a']);
    expect(needed(one(observedOf(1), { selection: { recover: [idOf('a')] } }))).to.deep.equal(['a']);
    expect(needed(one(observedOf(1, { driftedConsumers: [{ workload: consumer('web') }] })))).to.deep.equal(['a']);
  });

  it('those of all open markers, with and without a policy', () => {
    const markers = [
      { id: 'gone', rotation: ROTATION },
      { id: 'a', rotation: ROTATION },
      { id: 'a', rotation: OTHER },
    ];
    expect(needed(one(observedOf(1), { markers }))).to.deep.equal(['a', 'gone']);
  });

  it('both of a secret that was moved', () => {
    expect(needed({ policies: [policyOf('a', { movedFrom: idOf('old') })] })).to.deep.equal(['a', 'old']);
  });

  it('not those of secrets that could not be seen and have no marker', () => {
    expect(needed(one({ state: 'unobserved', faults: [] }))).to.deep.equal([]);
  });
});

describe('[U] planner: stray markers', () => {
  const markers = [{ id: 'a', rotation: ROTATION }];
  const live = { path: 'secret/a', field: 'key' };

  it('are those that the journal, as it was read, does not name', () => {
    const open = (rotation: string): World =>
      one(observedOf(1), { markers, journals: { a: journalOf('a', { open: openOf('a', { rotation }) }) } });
    expect(strayMarkersOf(inputOf(open(ROTATION)))).to.deep.equal([]);
    expect(strayMarkersOf(inputOf(open(OTHER)))).to.deep.equal([{ marker: markers[0], known: { kind: 'fake', live } }]);
  });

  it('take kind and place from the policy where there is no journal', () => {
    const journals = { a: { version: 0, journal: null }, gone: { version: 0, journal: null } };
    const gone = { id: 'gone', rotation: OTHER };
    expect(strayMarkersOf(inputOf(one(observedOf(1), { markers: [...markers, gone], journals })))).to.deep.equal([
      { marker: markers[0], known: { kind: 'fake', live } },
      { marker: gone },
    ]);
  });

  it('are none where the journal was not or could not be read', () => {
    expect(strayMarkersOf(inputOf(one(observedOf(1), { markers })))).to.deep.equal([]);
    const faulty = { a: { fault: faultOf('timeout') } };
    expect(strayMarkersOf(inputOf(one(observedOf(1), { markers, journals: faulty })))).to.deep.equal([]);
  });
});
