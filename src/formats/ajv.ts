import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Schema } from './schema.js';

/*
 * The only module that imports ajv, statically: it is itself imported when the first value is to be checked, so that commands which
 * check nothing do not pay for it, and a bundle still finds the names of the CommonJS packages.
 */

export type { ErrorObject, ValidateFunction };

/**
 * `strict` refuses schemas with unknown keywords; `strictRequired` would refuse `required` in the branches of a choice; `verbose` would
 * put the checked value, maybe a secret, into the errors. Optimising the code takes longer than the few values that one run checks.
 */
export function compilerOf(): (schema: Schema) => ValidateFunction {
  const ajv = new Ajv2020({
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    allErrors: true,
    verbose: false,
    validateSchema: false,
    inlineRefs: false,
    logger: false,
    code: { optimize: false },
  });
  // Annotations for editors (vscode-json-languageservice).
  ajv.addVocabulary(['patternErrorMessage', 'enumDescriptions']);
  addFormats.default(ajv, ['date-time']);
  return (schema) => ajv.compile(schema);
}
