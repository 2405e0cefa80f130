import { expect } from 'chai';
import { isProxyUri, proxyFor, proxyOf } from '../../../../src/adapters/http/proxy.js';

describe('[U] proxyOf', () => {
  it('takes the variables of either case, the lower one first, and nothing where none is set', () => {
    expect(proxyOf({})).to.equal(undefined);
    expect(proxyOf({ HTTPS_PROXY: '' })).to.equal(undefined);
    expect(proxyOf({ HTTPS_PROXY: 'http://up:1', https_proxy: 'http://low:1', NO_PROXY: 'x' })).to.deep.equal({
      https: 'http://low:1',
      bypass: 'x',
    });
  });
});

describe('[U] proxyFor', () => {
  const through = (url: string, bypass: string): string | undefined =>
    proxyFor(new URL(url), { http: 'http://plain:1', https: 'http://secure:1', bypass });

  it('chooses by the scheme, and never lends the proxy of one to the other', () => {
    expect(through('https://vault.test:8200/', '')).to.equal('http://secure:1');
    expect(through('http://vault.test/', '')).to.equal('http://plain:1');
    expect(proxyFor(new URL('https://vault.test/'), { http: 'http://plain:1', bypass: '' })).to.equal(undefined);
    expect(proxyFor(new URL('https://vault.test/'), undefined)).to.equal(undefined);
  });

  it('asks loopback addresses directly', () => {
    for (const host of ['localhost', '127.0.0.1', '127.8.0.1', '[::1]']) {
      expect(through(`https://${host}:8200/`, '')).to.equal(undefined);
    }
    expect(through('https://127.0.0.1.test/', '')).to.equal('http://secure:1');
  });

  it('goes past the proxy for names, domains, addresses and ports of NO_PROXY', () => {
    const rows = [
      ['https://vault.test/', '*', true],
      ['https://vault.test/', 'vault.test', true],
      ['https://VAULT.test/', 'other.test, Vault.Test', true],
      ['https://a.vault.test/', '.vault.test', true],
      ['https://a.vault.test/', '*.vault.test', true],
      ['https://vault.test/', '.vault.test', true],
      ['https://myvault.test/', 'vault.test', false],
      ['https://vault.test:8200/', 'vault.test:8200', true],
      ['https://vault.test/', 'vault.test:443', true],
      ['https://vault.test/', 'vault.test:8200', false],
      ['https://10.0.0.7/', '10.0.0.7', true],
      ['https://[2001:db8::1]:8200/', '[2001:db8::1]:8200', true],
      ['https://[2001:db8::1]/', '2001:db8::1', true],
      ['https://vault.test/', ' , ', false],
    ] as const;
    for (const [url, bypass, direct] of rows) {
      expect(through(url, bypass) === undefined, `${url} with ${bypass}`).to.equal(direct);
    }
  });
});

describe('[U] isProxyUri', () => {
  it('takes http and https alone', () => {
    expect(['http://p:1', 'https://u:p@p:1', 'socks5://p:1', 'p:1', ''].map(isProxyUri)).to.deep.equal([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
