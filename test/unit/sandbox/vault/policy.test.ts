import { expect } from 'chai';
import { capabilitiesOn, compileAcl, reachesMount } from '../../../../src/sandbox/vault/acl.js';
import { PolicyError, parsePolicy } from '../../../../src/sandbox/vault/policytext.js';

const granted = (policy: string, path: string, asList = false): readonly string[] =>
  [...capabilitiesOn(compileAcl(parsePolicy(policy), 0), path, asList)].sort();
const stanza = (path: string, ...capabilities: string[]): string =>
  `path "${path}" { capabilities = ${JSON.stringify(capabilities)} }\n`;

describe('[U] policy texts of the embedded Vault', () => {
  it('are read with comments, commas at the end and several stanzas on a line', () => {
    const text = '# one\npath "a" { capabilities = ["read", "list",] } /* two */ path "b/*" {\n // three\n }';
    const [first, second] = parsePolicy(text);
    expect([...(first?.capabilities ?? [])]).to.deep.equal(['read', 'list']);
    expect(second).to.include({ path: 'b/', prefix: true });
  });

  it('are read as JSON too, with the same meaning', () => {
    const json = JSON.stringify({ path: { 'a/*': { capabilities: ['read'] }, b: { capabilities: ['list'] } } });
    expect(parsePolicy(json)).to.deep.equal(parsePolicy(stanza('a/*', 'read') + stanza('b', 'list')));
  });

  for (const [what, text] of [
    ['an unknown capability', stanza('a', 'fly')],
    ['an unknown key', 'path "a" { colour = "red" }'],
    ['an unknown stanza', 'role "a" { capabilities = ["read"] }'],
    ['a plus before the star', stanza('a/+*', 'read')],
    ['a brace that is not closed', 'path "a" {'],
    ['text that is no list', 'path "a" { capabilities = "read" }'],
    [
      'a constraint that it would not enforce',
      'path "a" { capabilities = ["read"] allowed_parameters = { "x" = [] } }',
    ],
  ] as const) {
    it(`are refused with ${what}`, () => {
      expect(() => parsePolicy(text)).to.throw(PolicyError);
    });
  }

  it('lose a stanza when its time is over', () => {
    const rules = parsePolicy('path "a" { capabilities = ["read"] expiration = "2026-01-01T00:00:00Z" }');
    const year = Date.parse('2026-01-01T00:00:00Z');
    expect(capabilitiesOn(compileAcl(rules, year - 1), 'a', false).has('read')).to.equal(true);
    expect(capabilitiesOn(compileAcl(rules, year + 1), 'a', false).has('read')).to.equal(false);
  });
});

describe('[U] rights in the embedded Vault', () => {
  it('are none where no stanza matches', () => {
    expect(granted(stanza('a', 'read'), 'b')).to.deep.equal([]);
    expect(granted(stanza('a/*', 'read'), 'a')).to.deep.equal([]);
  });

  it('add up over stanzas for the same path, unless one of them denies', () => {
    expect(granted(stanza('a', 'read') + stanza('a', 'list'), 'a')).to.deep.equal(['list', 'read']);
    expect(granted(stanza('a', 'read') + stanza('a', 'deny'), 'a')).to.deep.equal(['deny']);
  });

  it('follow the exact path before any pattern, and the longest prefix before a shorter one', () => {
    const policy = stanza('a/*', 'read') + stanza('a/b*', 'list') + stanza('a/bc', 'delete');
    expect(granted(policy, 'a/x')).to.deep.equal(['read']);
    expect(granted(policy, 'a/bx')).to.deep.equal(['list']);
    expect(granted(policy, 'a/bc')).to.deep.equal(['delete']);
  });

  it('let a plus stand for one segment, no more and no less', () => {
    const policy = stanza('a/+/c', 'read');
    expect(granted(policy, 'a/b/c')).to.deep.equal(['read']);
    expect(granted(policy, 'a/c')).to.deep.equal([]);
    expect(granted(policy, 'a/b/b/c')).to.deep.equal([]);
  });

  it('prefer the rule whose first wildcard comes later, then one without a star, then one with fewer pluses', () => {
    expect(granted(stanza('a/+/c', 'read') + stanza('a/b/*', 'list'), 'a/b/c')).to.deep.equal(['list']);
    expect(granted(stanza('a/+/c*', 'read') + stanza('a/+/cd', 'list'), 'a/b/cd')).to.deep.equal(['list']);
    expect(granted(stanza('a/+/+', 'read') + stanza('a/+/c', 'list'), 'a/b/c')).to.deep.equal(['list']);
  });

  it('cover a listing by a rule for the path with its slash, and else for the path without', () => {
    const policy = stanza('m/dir', 'list') + stanza('m/+/deep/', 'list') + stanza('m/+/deep', 'read');
    expect(granted(policy, 'm/dir/', true)).to.deep.equal(['list']);
    expect(granted(policy, 'm/dir/', false)).to.deep.equal([]);
    expect(granted(policy, 'm/x/deep/', true)).to.deep.equal(['list']);
    expect(granted(stanza('m/+', 'list'), 'm/dir/', true)).to.deep.equal(['list']);
  });

  it('make a mount visible when anything is granted in it', () => {
    const acl = compileAcl(parsePolicy(stanza('kv/data/a', 'read') + stanza('+/metadata/*', 'list')), 0);
    expect(reachesMount(acl, 'kv/')).to.equal(true);
    expect(reachesMount(acl, 'other/')).to.equal(true);
    expect(reachesMount(compileAcl(parsePolicy(stanza('kv/data/a', 'deny')), 0), 'kv/')).to.equal(false);
  });
});
