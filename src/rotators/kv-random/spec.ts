import type { JsonObject } from '../../domain/json.js';
import type { Policy } from '../../domain/policy.js';

/** How the value is made. All parts are optional in a policy: 32 characters of base62 without prefix. */
export interface RandomSpec {
  /** Characters, without the prefix. */
  readonly length: number;
  readonly alphabet: string;
  readonly prefix: string;
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const BASE62 = `${DIGITS}${LOWER.toUpperCase()}${LOWER}`;

/** Named alphabets; base64url is that of RFC 4648 section 5. */
const ENCODINGS = { base62: BASE62, hex: `${DIGITS}abcdef`, base64url: `${BASE62}-_` } as const;

export const specSchema: JsonObject = {
  type: 'object',
  title: 'kv-random spec',
  description: 'How the random value is made. Leave it out for 32 characters of letters and digits.',
  additionalProperties: false,
  properties: {
    length: {
      type: 'integer',
      minimum: 8,
      maximum: 512,
      default: 32,
      description: 'Number of random characters, the prefix not counted. A change takes effect at the next rotation.',
      examples: [32, 64],
    },
    encoding: {
      enum: Object.keys(ENCODINGS),
      default: 'base62',
      description: 'Named alphabet of the characters. Not together with `alphabet`.',
      examples: ['hex'],
    },
    alphabet: {
      type: 'string',
      minLength: 10,
      maxLength: 94,
      pattern: '^[!-~]+$',
      description: 'The characters to choose from, each once, printable ASCII. Not together with `encoding`.',
      examples: ['abcdefghjkmnpqrstuvwxyz23456789'],
    },
    prefix: {
      type: 'string',
      maxLength: 64,
      pattern: '^[!-~]*$',
      default: '',
      description: 'Fixed text in front of the random characters.',
      examples: ['app-'],
    },
  },
};

/** The spec with its defaults; the policy's spec is already valid against specSchema. */
export function specOf(policy: Policy): RandomSpec {
  const { length, encoding, alphabet, prefix } = policy.spec;
  const named =
    typeof encoding === 'string' && encoding in ENCODINGS ? ENCODINGS[encoding as keyof typeof ENCODINGS] : BASE62;
  return {
    length: typeof length === 'number' ? length : 32,
    alphabet: typeof alphabet === 'string' ? alphabet : named,
    prefix: typeof prefix === 'string' ? prefix : '',
  };
}
