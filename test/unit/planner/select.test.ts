import { expect } from 'chai';
import { selectIds, selectionOf } from '../../../src/planner/select.js';

const IDS = ['ai-gateway/litellm', 'ai-gateway/openai', 'ai-gateway/eu/openai', 'billing/stripe', 'root'];

const TABLE: { readonly [pattern: string]: readonly string[] } = {
  'ai-gateway/openai': ['ai-gateway/openai'],
  'ai-gateway/*': ['ai-gateway/litellm', 'ai-gateway/openai'],
  '*': ['root'],
  '**': IDS,
  'ai-gateway/**': ['ai-gateway/litellm', 'ai-gateway/openai', 'ai-gateway/eu/openai'],
  '**/openai': ['ai-gateway/openai', 'ai-gateway/eu/openai'],
  'ai-gateway/**/openai': ['ai-gateway/openai', 'ai-gateway/eu/openai'],
  '*/*t*': ['ai-gateway/litellm', 'billing/stripe'],
  '**/root': ['root'],
};

describe('[U] planner: patterns of ids', () => {
  for (const [pattern, ids] of Object.entries(TABLE)) {
    it(`\`${pattern}\` selects ${ids.length === IDS.length ? 'all' : ids.join(', ')}`, () => {
      const selected = selectIds(IDS, [pattern]);
      expect([...selected.ids]).to.deep.equal(ids);
      expect(selected.diagnostics).to.deep.equal([]);
    });
  }

  it('have no characters of regular expressions', () => {
    expect([...selectIds(IDS, ['r.ot', 'roo+', '(root)', '[r]oot', 'root|x']).ids]).to.deep.equal([]);
  });

  it('that match nothing are errors with the nearest id, one each', () => {
    const { diagnostics } = selectIds(IDS, ['ai-gateway/opnai', 'billing/stripe', 'x']);
    expect(diagnostics.map(({ code, summary, action }) => ({ code, summary, action }))).to.deep.equal([
      {
        code: 'KT3003',
        summary: 'no secret matches `ai-gateway/opnai`',
        action: 'Did you mean `ai-gateway/openai`?',
      },
      { code: 'KT3003', summary: 'no secret matches `x`', action: 'List the ids with: keyturn status' },
    ]);
  });

  it('of --exclude win over those of --target', () => {
    expect(IDS.filter(selectionOf(['ai-gateway/**'], ['**/openai']))).to.deep.equal(['ai-gateway/litellm']);
    expect(IDS.filter(selectionOf([], ['ai-gateway/**']))).to.deep.equal(['billing/stripe', 'root']);
    expect(IDS.filter(selectionOf([], []))).to.deep.equal(IDS);
  });
});
