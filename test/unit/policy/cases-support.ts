import { SETTINGS } from './support.js';

/** Files -> the problems, as `lines` of support.ts writes them. Every code of KT10xx to KT14xx is here at least once. */
export interface Case {
  readonly name: string;
  readonly files: { readonly [path: string]: string };
  readonly problems: readonly string[];
}

export const one = (name: string, text: string, ...problems: readonly string[]): Case => ({
  name,
  files: { 'p.yaml': text },
  problems,
});

export const settings = (name: string, more: string, ...problems: readonly string[]): Case => ({
  name,
  files: { 'keyturn.yaml': `${SETTINGS}${more}` },
  problems,
});

export const calendar = (name: string, body: string, ...problems: readonly string[]): Case => ({
  name,
  files: { 's.yaml': `apiVersion: keyturn/v1\nkind: Schedules\n${body}` },
  problems,
});

export const COPY = 'publish: [{ kubernetesSecret: { namespace: ns, name: s, key: k } }]\n';
export const CONSUMER = 'consumers: [{ deployment: { namespace: ns, name: app, timeout: 300s } }]\n';
export const check = (inner: string) =>
  `verify: { http: { url: "https://a.example/v1", header: "x-api-key: {value}", ${inner} } }\n`;
