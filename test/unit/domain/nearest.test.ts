import { expect } from 'chai';
import { nearest, suggestion } from '../../../src/domain/nearest.js';
import { load, parseTexts, policy, SCHEDULES } from '../policy/support.js';

describe('[U] suggestions', () => {
  before(load);

  const KEYS = ['dependsOn', 'schedule', 'grace', 'vault'];

  it('see through case, separators, swapped, missing and surplus letters', () => {
    for (const word of ['depends_on', 'DependsOn', 'dependOn', 'dependsNo', 'depends-onn'])
      expect(nearest(word, KEYS), word).to.equal('dependsOn');
    expect(nearest('gracee', KEYS)).to.equal('grace');
  });

  it('keep quiet about words that are like none', () => {
    for (const word of ['x', 'frequency', '', 'a'.repeat(1000)]) expect(nearest(word, KEYS), word).to.equal(undefined);
  });

  it('name what is known instead, unless that is too much', () => {
    expect(suggestion('frequency', ['a', 'b'], 'keys')).to.deep.equal({ action: 'Known keys: `a`, `b`' });
    expect(
      suggestion(
        'frequency',
        Array.from({ length: 21 }, (_, i) => `key${i}`),
        'keys',
      ),
    ).to.deep.equal({});
  });

  it('stand in the diagnostics of unknown keys, kinds, schedules and values', () => {
    const files = {
      's.yaml': SCHEDULES,
      'p.yaml': `${policy('a', 'schedul: x\n')}---\n${policy('b').replace('random', 'rndom')}---\n${policy('c', 'schedule: montly\nspec: { encoding: hexx }\n')}`,
    };
    expect(parseTexts(files).diagnostics.map(({ action }) => action)).to.deep.equal([
      'Did you mean `schedule`?',
      'Did you mean `random`?',
      'Did you mean `monthly`?',
      'Did you mean `hex`?',
    ]);
  });
});
