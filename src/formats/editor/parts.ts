import type { JsonObject } from '../../domain/json.js';
import { type Schema, text } from '../schema.js';

/*
 * The words that policies, schedules and settings are made of. `patternErrorMessage` is an annotation that editors show instead of a
 * regular expression (vscode-json-languageservice); keyturn's own messages end with it as well.
 */

export function duration(description: string, examples: readonly string[], more: JsonObject = {}): Schema {
  return text(description, {
    pattern: String.raw`^(?=.)(?:\d{1,6}w)?(?:\d{1,6}d)?(?:\d{1,7}h)?(?:\d{1,9}m)?(?:\d{1,10}s)?$`,
    patternErrorMessage:
      'must be a duration of whole w, d, h, m, s from large to small, such as `90d`, `1w2d` or `300s`',
    examples: [...examples],
    ...more,
  });
}

export function secretIdOf(description: string, examples: readonly string[]): Schema {
  return text(description, {
    maxLength: 200,
    pattern: '^[a-z0-9]+(?:-[a-z0-9]+)*(?:/[a-z0-9]+(?:-[a-z0-9]+)*)*$',
    patternErrorMessage: 'must be segments of lower-case letters, digits and single `-`, joined by `/`',
    examples: [...examples],
  });
}

/** The name of a schedule or window: how policies refer to it. */
export const NAME: JsonObject = {
  maxLength: 63,
  pattern: '^[A-Za-z][A-Za-z0-9_-]*$',
  patternErrorMessage: 'must begin with a letter and hold letters, digits, `-` and `_` only',
};

export function timezone(description: string): Schema {
  return text(description, { default: 'UTC', examples: ['Europe/Berlin', 'UTC', 'America/New_York'] });
}

export function cron(description: string, examples: readonly string[]): Schema {
  return text(description, { minLength: 1, maxLength: 200, examples: [...examples] });
}

export function day(description: string, example: string): Schema {
  return text(description, {
    pattern: String.raw`^\d{4}-\d\d-\d\d$`,
    patternErrorMessage: 'must be a date such as `2026-12-18`',
    examples: [example],
  });
}

/** A DNS label of RFC 1123, as Kubernetes wants names of namespaces. */
export function namespace(): Schema {
  return text('Namespace of the object.', {
    maxLength: 63,
    pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
    patternErrorMessage: 'must be a Kubernetes namespace: lower-case letters, digits and `-`',
    examples: ['ai-gateway'],
  });
}

/** A DNS subdomain of RFC 1123, as Kubernetes wants names of Secrets and workloads. */
export function objectName(description: string, example: string): Schema {
  return text(description, {
    maxLength: 253,
    pattern: String.raw`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`,
    patternErrorMessage: 'must be a Kubernetes name: lower-case letters, digits, `-` and `.`',
    examples: [example],
  });
}

/** A path of Vault below a mount; characters that its policies read as globs and those that would change a URL are refused. */
export function vaultPath(description: string, segments: '+' | '*', example: string): Schema {
  const segment = String.raw`(?!\.{1,2}(?:/|$))[A-Za-z0-9_.~@=:,-]+`;
  return text(description, {
    maxLength: 400,
    pattern: `^${segment}(?:/${segment})${segments}$`,
    patternErrorMessage:
      segments === '+'
        ? 'must be a mount and a path without `/` at its ends, such as `secret/ai-gateway/openai`'
        : 'must be a mount, or a path below one, without `/` at its ends',
    examples: [example],
  });
}

export function environmentName(description: string, example: string, more: JsonObject = {}): Schema {
  return text(description, {
    maxLength: 100,
    pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
    patternErrorMessage: 'must be the name of an environment variable, not its value',
    examples: [example],
    ...more,
  });
}

/** An object whose keys are all known. */
export function mapping(
  description: string,
  properties: { readonly [key: string]: Schema },
  more: JsonObject & { readonly required?: readonly string[] } = {},
): Schema {
  return { type: 'object', description, properties, additionalProperties: false, ...more };
}

/** Exactly one of the keys. */
export function oneKeyOf(keys: readonly string[]): JsonObject {
  return { oneOf: keys.map((key) => ({ required: [key] })) };
}
