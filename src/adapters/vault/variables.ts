import type { Environment } from '../system/environment.js';

/** A variable that is set, under the name by which it was found. */
export interface Variable {
  readonly name: string;
  readonly value: string;
}

/** `VAULT_<name>`, else OpenBao's `BAO_<name>`; one that is set to nothing counts as not set. */
export function variable(env: Environment, name: string): Variable | undefined {
  for (const full of [`VAULT_${name}`, `BAO_${name}`]) {
    const value = env[full];
    if (value !== undefined && value !== '') return { name: full, value };
  }
  return undefined;
}
