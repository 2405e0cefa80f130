import type { Validate } from '../domain/shape.js';
import { problemsOf } from './problems.js';
import { type Registry, registryOf, type SchemaKind } from './registry.js';

/**
 * The validator of every schema in registryOf(kinds). Loading costs some tens of milliseconds (ajv is imported here and not before);
 * each schema is compiled when it is first used and kept. An unknown name is a mistake of the program: RangeError.
 */
export async function loadValidator(kinds: readonly SchemaKind[]): Promise<Validate> {
  return validatorOf(registryOf(kinds));
}

/** As loadValidator, for a registry of one's own. */
export async function validatorOf(registry: Registry): Promise<Validate> {
  const { compilerOf } = await import('./ajv.js');
  const compile = compilerOf();
  const checks = new Map<string, (value: unknown) => ReturnType<Validate>>();
  const checkOf = (name: string) => {
    const make = registry.get(name);
    if (make === undefined) throw new RangeError(`no schema of the name ${name}`);
    const schema = make();
    const validate = compile(schema);
    return (value: unknown) => (validate(value) ? [] : problemsOf(validate.errors ?? [], schema, value));
  };
  return (name, value) => {
    const check = checks.get(name) ?? checkOf(name);
    checks.set(name, check);
    return check(value);
  };
}
