import type { DiagnosticCode } from '../../domain/catalogue.js';
import type { Diagnostic } from '../../domain/diagnostic.js';
import { alsoAt, type Part } from '../part.js';

export interface Claim {
  readonly key: string;
  readonly part: Part;
  readonly id?: string;
}

/** One diagnostic for every claim of a key after the first, which points back to the first. */
export function claimedTwice(
  claims: readonly Claim[],
  code: DiagnosticCode,
  summary: (claim: Claim, first: Claim) => string,
  action: string,
): readonly Diagnostic[] {
  const first = new Map<string, Claim>();
  return claims.flatMap((claim) => {
    const earlier = first.get(claim.key);
    if (earlier !== undefined) {
      const where = alsoAt('first here', earlier.part);
      return [claim.part.error(code, summary(claim, earlier), { action, ...where })];
    }
    first.set(claim.key, claim);
    return [];
  });
}
