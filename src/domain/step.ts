import type { JsonObject } from './json.js';

/** What a step does; the handler of that name carries it out. */
export type StepVerb =
  | 'stage'
  | 'promote'
  | 'publish'
  | 'restart'
  | 'wait'
  | 'verify'
  | 'unpublish'
  | 'unpromote'
  | 'verifyOld';

/** The smallest effect, as data. */
export interface Step {
  /** Unique in its change: `publish ai-gateway/Secret/litellm-master-key:key`. */
  readonly name: string;
  readonly verb: StepVerb;
  /** What a person sees it act on: `secret/ai-gateway/litellm/master-key`. */
  readonly target: string;
  /** A remark for the plan: `1 consumer, no overlap: old key stops at restart`. */
  readonly note?: string;
  readonly params: JsonObject;
  /** In an undo list: needed only if one of these forward steps was ever intended. */
  readonly undoes?: readonly string[];
  /** The step after which there is no way back. */
  readonly pivot?: true;
}
