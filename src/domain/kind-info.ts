import type { Rotator } from './rotator.js';

/** What policies and schemas need to know of a kind: the pure and unchanging part of its rotator. */
export type KindInfo = Pick<Rotator, 'kind' | 'summary' | 'capabilities' | 'specSchema' | 'limits'>;
