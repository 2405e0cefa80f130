import type { DiagnosticCode } from '../../domain/catalogue.js';
import type { Diagnostic } from '../../domain/diagnostic.js';
import type { Fault, FaultDetails, FaultKind } from '../../domain/fault.js';
import { isCertificateProblem } from '../http/failures.js';

/** Why there is no connection to Vault, ready to be shown; `fault` is there where a call failed, and decides the exit code. */
export interface Problem {
  readonly diagnostic: Diagnostic;
  readonly fault?: FaultDetails;
}

/** The other half of results that are either there or a problem. */
export interface Failed {
  readonly problem: Problem;
}

export function problem(code: DiagnosticCode, summary: string, action?: string, detail?: string): Problem {
  return { diagnostic: diagnosticOf('error', code, summary, action, detail) };
}

export function warning(code: DiagnosticCode, summary: string, action?: string, detail?: string): Diagnostic {
  return diagnosticOf('warning', code, summary, action, detail);
}

/** The problem of a call that failed before keyturn had an identity. `method` as a person says it: `the jwt login at auth/jwt`. */
export function problemOfFault(fault: Fault, method: string): Problem {
  const { details } = fault;
  const [code, action] = classOf(details);
  const status = details.status === undefined ? '' : ` (${details.status})`;
  const summary = `${details.server} cannot be used with ${method}`;
  return { diagnostic: diagnosticOf('error', code, summary, action, `${details.said}${status}`), fault: details };
}

type Class = readonly [DiagnosticCode, string];

function classOf({ kind, said }: FaultDetails): Class {
  if (isCertificateProblem(said)) return ['KT2007', 'Give the CA certificate of the server with VAULT_CACERT'];
  return CLASSES[kind] ?? ['KT2005', 'Log in again, or check the login method, its mount and its role'];
}

const NETWORK: Class = ['KT2006', 'Check the address, the network and the proxy settings'];
const LATER: Class = ['KT2013', 'Run the command again when the server is unsealed and active'];

const CLASSES: { readonly [kind in FaultKind]?: Class } = {
  unreachable: NETWORK,
  timeout: NETWORK,
  unavailable: LATER,
  rateLimited: LATER,
  malformed: ['KT2012', 'Check that the address is that of Vault or OpenBao and not of something before it'],
};

function diagnosticOf(
  severity: Diagnostic['severity'],
  code: DiagnosticCode,
  summary: string,
  action: string | undefined,
  detail: string | undefined,
): Diagnostic {
  const extra = { ...(action === undefined ? {} : { action }), ...(detail === undefined ? {} : { detail }) };
  return { severity, code, summary, ...extra };
}
