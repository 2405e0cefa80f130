import type { Instant } from '../../domain/time.js';

/** How text for people is made. The caller knows the terminal; views know nothing but this. */
export interface HumanOptions {
  /** Columns; lines are wrapped at words. Infinity: never. */
  readonly width: number;
  /** May the text hold colour (ANSI SGR sequences)? Nothing is said by colour alone. */
  readonly colour: boolean;
  /** False: every character of the output is ASCII. */
  readonly unicode: boolean;
  /** What "4 days ago" is reckoned from. */
  readonly now: Instant;
  /** In automation nobody is told to type a command next. */
  readonly automation: boolean;
}
