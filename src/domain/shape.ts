/** One way in which a value is not what its schema asks for. Messages name keys and limits, never the value that was found. */
export interface ShapeProblem {
  /** `unknownKey`, `missingKey`: about `key` of the object at the pointer. `choice`: about which keys go together. `value`: about the value itself. */
  readonly type: 'unknownKey' | 'missingKey' | 'choice' | 'value';
  /** RFC 6901; '' is the whole value. */
  readonly pointer: string;
  readonly key?: string;
  /** Keys that would be known there, or values that would be allowed, for a suggestion. */
  readonly known?: readonly string[];
  /** A clause that follows the name of the place: `must be an integer, not a string`. */
  readonly message: string;
}

/** Checks a plain value against the schema of a name (`settings`, `policy-kv-random`, `plan`); no problems: it fits. */
export type Validate = (schema: string, value: unknown) => readonly ShapeProblem[];
