import { RUN } from './catalogue-run.js';
import { POLICY_CATALOGUE } from './catalogue-policies.js';
import { USAGE_CATALOGUE } from './catalogue-usage.js';

/** One kind of problem: `keyturn explain CODE`, help and docs/reference are made from this table. */
export interface CatalogueEntry {
  /** The fact, as a noun phrase. */
  readonly title: string;
  /** Why it is a problem, and what to do; two or three sentences. */
  readonly explanation: string;
}

/**
 * Every diagnostic code. KT1xxx: policies, settings and other files in git. KT2xxx: settings of a run, login, servers.
 * KT3xxx: plan and approval. KT4xxx: pre-flight (blocked). KT5xxx: state in Vault. KT6xxx: saved plan files and outputs.
 */
export const CATALOGUE = {
  ...POLICY_CATALOGUE,
  KT1901: {
    title: 'kv-random: `encoding` and `alphabet` together',
    explanation: 'Both say which characters the value is made of. Keep one.',
  },
  KT1902: {
    title: 'kv-random: a character stands twice in `alphabet`',
    explanation: 'It would be chosen twice as often as the others. Name each character once.',
  },
  KT1903: {
    title: 'kv-random: the value would be easy to guess',
    explanation:
      'Length and alphabet give fewer than 64 bits of entropy. Make the value longer or choose from more characters.',
  },
  KT1911: {
    title: 'litellm-master-key: no consumers',
    explanation:
      'The proxy reads its master key when it starts. Without a workload to restart, the new key would never come into use.',
  },
  KT1912: {
    title: 'litellm-master-key: no check',
    explanation:
      'Old and new key cannot live together, so the rotation must prove that the new one is accepted and the old one refused.',
  },
  KT1913: {
    title: 'litellm-master-key: the check is /health',
    explanation:
      'GET /health sends a request to every configured model, which costs money, and tells little about the key. GET /v1/models is free.',
  },
  KT2001: {
    title: 'no address of Vault',
    explanation:
      'Neither --vault-address, VAULT_ADDR nor vault.address in keyturn.yaml names a server. Set one of them.',
  },
  KT2002: {
    title: 'the address of Vault is not an http or https URL',
    explanation:
      'keyturn speaks to Vault over http or https; user, password, query and unix sockets are not taken. Write it as https://host:port.',
  },
  KT2003: {
    title: 'no way to log in to Vault',
    explanation:
      'There is no VAULT_TOKEN, keyturn.yaml configures no login method under vault.auth, and there is no ~/.vault-token. They are tried in that order.',
  },
  KT2004: {
    title: 'the login to Vault lacks something',
    explanation:
      'The method that is to be used needs a variable or file that is absent, empty or not what a token looks like. In GitLab CI an id token needs the id_tokens keyword.',
  },
  KT2005: {
    title: 'Vault refused the login',
    explanation:
      'The server answered and did not accept the credentials, the role or the token: expired, for another audience, bound to other claims, or the method is not mounted there.',
  },
  KT2006: {
    title: 'Vault cannot be reached',
    explanation:
      'No connection came about, or it broke. Check the address, DNS, the proxy variables HTTPS_PROXY and NO_PROXY, and whether this machine may reach the port.',
  },
  KT2007: {
    title: "Vault's certificate is not trusted",
    explanation:
      'The certificate is expired, for another name, or from an authority that is not known here. Give the authority with VAULT_CACERT, another name with VAULT_TLS_SERVER_NAME, a client certificate with VAULT_CLIENT_CERT and VAULT_CLIENT_KEY.',
  },
  KT2008: {
    title: 'a certificate or key for Vault cannot be used',
    explanation:
      'VAULT_CACERT, VAULT_CAPATH, VAULT_CLIENT_CERT and VAULT_CLIENT_KEY name PEM files that must be there and readable; certificate and key are only of use together.',
  },
  KT2009: {
    title: 'VAULT_SKIP_VERIFY is set',
    explanation:
      'Without the check of the certificate anybody on the way can read every secret. Only the exact values true and 1 switch it off; any other value is ignored.',
  },
  KT2010: {
    title: 'the connection to Vault is not encrypted',
    explanation:
      'Over http anybody on the way can read the token and every secret. Use https except on the loopback interface.',
  },
  KT2011: {
    title: 'the proxy setting cannot be used',
    explanation:
      'HTTPS_PROXY and HTTP_PROXY are http or https URLs; other kinds of proxy are not supported. NO_PROXY names the hosts that are asked directly.',
  },
  KT2012: {
    title: 'the answer is not from Vault',
    explanation:
      'A page that is not JSON, or JSON of another shape, came back: the address is that of something else, or a proxy or load balancer answered in its place.',
  },
  KT2013: {
    title: 'Vault is sealed, on standby or overloaded',
    explanation: 'The server answered that it cannot serve requests now. Unseal it, or wait until a node is active.',
  },
  KT2014: {
    title: "the token's lifetime cannot be read",
    explanation:
      'The token has no right to auth/token/lookup-self, which the default policy grants. keyturn then cannot tell whether it lasts until the end of a step.',
  },
  KT2015: {
    title: 'others may read ~/.vault-token',
    explanation:
      'The file holds a token and its permissions let other users of the machine read it. Make it readable by its owner alone: chmod 600.',
  },
  ...USAGE_CATALOGUE,
  KT3001: {
    title: 'the plan changes more secrets than maxChanges allows',
    explanation:
      'A mistake in a schedule can make a whole inventory due at once. Raise limits.maxChanges, choose overLimit: take, name some with --target, or pass --over-limit once.',
  },
  KT3002: {
    title: 'the plan changes a larger share of the secrets than maxShare allows',
    explanation:
      'Counted from 5 secrets up; creations and the recovery of open changes do not count. Raise limits.maxShare, name some with --target, or pass --over-limit once.',
  },
  KT3003: {
    title: 'no secret has this id',
    explanation:
      'Patterns of --target and --exclude are globs on ids: `*` stands for characters within a segment, `**` for any number of segments. One that matches nothing is taken for a slip of the pen.',
  },
  KT3004: {
    title: 'the approved plan is of another inventory',
    explanation: 'A plan is approved for one inventory. Plan this one, and have that plan approved.',
  },
  KT3005: {
    title: 'the plan file was edited',
    explanation:
      'Its digest is not that of its content: ids, actions, steps or bindings were changed after it was planned. Plan again.',
  },
  KT3006: {
    title: 'the plan file is not the approved one',
    explanation:
      'Its digest differs from the one that was approved. Use the file that the approver saw, or have this one approved.',
  },
  KT3007: {
    title: 'the approved plan has expired',
    explanation:
      'A plan may be applied for limits.planValidFor after it was made, so that an approval does not outlive the situation it was given in. Plan again.',
  },
  ...RUN,
} as const satisfies { readonly [code: string]: CatalogueEntry };

export type DiagnosticCode = keyof typeof CATALOGUE;
