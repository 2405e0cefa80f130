import { Fault } from '../../domain/fault.js';
import type { FaultKind } from '../../domain/fault.js';
import type { Outcome } from './exchange.js';
import type { HttpRequest } from './types.js';

type Failure = Extract<Outcome, { ok: false }>;

interface Verdict {
  readonly kind: FaultKind;
  readonly said: string;
  readonly retriable: boolean;
}

/** The fault of an attempt that brought no answer: from codes alone, nothing of the request. */
export function faultOf(failure: Failure, server: string, call: string, request: Pick<HttpRequest, 'changes'>): Fault {
  const effect = request.changes && failure.sent ? 'unknown' : 'none';
  return new Fault({ ...verdictOf(failure), server, call, effect });
}

function verdictOf(failure: Failure): Verdict {
  switch (failure.reason) {
    case 'deadline':
      return failure.sent
        ? { kind: 'timeout', said: 'no complete answer before the deadline', retriable: true }
        : { kind: 'unreachable', said: 'no connection before the deadline', retriable: true };
    case 'tooLong':
      return { kind: 'malformed', said: 'the answer is longer than any that the API gives', retriable: false };
    case 'refused':
      return { kind: 'invalid', said: `the request cannot be sent as it is (${failure.code})`, retriable: false };
    case 'broken':
      return broken(failure);
  }
}

function broken({ code, sent }: Failure): Verdict {
  const certificate = CERTIFICATE[code];
  if (certificate !== undefined) return { kind: 'unreachable', said: `${certificate} (${code})`, retriable: false };
  if (code.startsWith('ERR_OSSL')) {
    return {
      kind: 'unreachable',
      said: `the certificates or the key given for TLS cannot be used (${code})`,
      retriable: false,
    };
  }
  if (code.startsWith('ERR_SSL') || code === 'EPROTO') {
    return { kind: 'unreachable', said: `TLS could not be agreed on (${code})`, retriable: false };
  }
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED') {
    return { kind: 'interrupted', said: 'keyturn itself closed its connections', retriable: false };
  }
  if (sent)
    return {
      kind: 'unreachable',
      said: `the connection broke before the answer was complete (${code})`,
      retriable: true,
    };
  const connecting = CONNECTING[code] ?? 'no connection';
  return { kind: 'unreachable', said: `${connecting} (${code})`, retriable: code !== 'ENOTFOUND' };
}

const CONNECTING: { readonly [code: string]: string } = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name could not be looked up now',
  EHOSTUNREACH: 'no route leads there',
  ENETUNREACH: 'no route leads there',
  UND_ERR_ABORTED: 'the proxy would not connect to it',
  UND_ERR_CONNECT_TIMEOUT: 'no connection before the deadline',
};

/** Codes of Node's TLS for certificates that fail verification, from either side. */
const CERTIFICATE: { readonly [code: string]: string } = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed and not trusted here',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an authority that is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate comes from an authority that is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate comes from an authority that is not trusted here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate comes from an authority that is not trusted here',
  CERT_SIGNATURE_FAILURE: 'its certificate does not fit the authority that is trusted here',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'it demands a client certificate',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'it does not trust the authority of the client certificate',
};

/** Is this the code of a certificate problem? Then repeating does not help, and what is trusted must be set right. */
export function isCertificateProblem(said: string): boolean {
  return Object.keys(CERTIFICATE).some((code) => said.endsWith(`(${code})`));
}
