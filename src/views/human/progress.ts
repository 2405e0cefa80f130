import type { RunEvent } from '../../domain/events.js';
import { penOf } from './pen.js';
import { elapsedText } from './relative.js';
import { heartbeatText, stepLine, type LineOptions } from './step-line.js';
import { cutTo, textWidth } from './width.js';

/** A sign of life at least so often, milliseconds. */
const HEARTBEAT = 10_000;
/** Back to the start of the line and erase it (ECMA-48 EL). */
const ERASE = '\r\u001b[K';

interface Running {
  readonly text: string;
  readonly elapsed: number;
  /** Elapsed time at the newest line in the log. */
  readonly logged: number;
}

/** What has been said so far and what is going on; made by startProgress, carried from event to event. */
export interface Progress {
  readonly idWidth: number;
  /** Secret -> what it is waiting for. */
  readonly running: ReadonlyMap<string, Running>;
  /** A line that will be rewritten stands on the terminal. */
  readonly drawn: boolean;
}

export interface ProgressOptions extends LineOptions {
  /** A terminal on which the last line may be rewritten; otherwise each heartbeat is a line of its own, every 10 s, without control characters. */
  readonly live: boolean;
}

export function startProgress(): Progress {
  return { idWidth: 0, running: new Map(), drawn: false };
}

/** The next event: what to write (as it is, line feeds included, perhaps nothing) and what to carry on. */
export function advanceProgress(
  progress: Progress,
  event: RunEvent,
  options: ProgressOptions,
): { readonly progress: Progress; readonly output: string } {
  const pen = penOf(options);
  const idWidth =
    event.type === 'runStarted'
      ? Math.max(0, ...event.changes.map((id) => textWidth(pen.clean(id))))
      : progress.idWidth;
  const before = { ...progress, idWidth };
  const drawing = { ...options, idWidth };
  if (event.type === 'stepProgress' || event.type === 'waitingForLease') return heartbeat(before, event, drawing);
  const line = stepLine(event, drawing);
  const running = new Map(before.running);
  if ('id' in event) running.delete(event.id);
  const after = { ...before, running };
  if (line === undefined) return redraw(after, '', drawing);
  return redraw(after, `${line}\n`, drawing);
}

type Heartbeat = Extract<RunEvent, { readonly type: 'stepProgress' | 'waitingForLease' }>;

function heartbeat(
  progress: Progress,
  event: Heartbeat,
  options: ProgressOptions,
): { progress: Progress; output: string } {
  const last = progress.running.get(event.id);
  const since = last === undefined || last.elapsed > event.elapsed ? 0 : last.logged;
  const due = !options.live && event.elapsed - since >= HEARTBEAT;
  const now: Running = {
    text: heartbeatText(event, penOf(options)),
    elapsed: event.elapsed,
    logged: due ? event.elapsed : since,
  };
  const after = { ...progress, running: new Map([...progress.running, [event.id, now]]) };
  if (options.live) return redraw(after, '', options);
  return { progress: after, output: due ? `${stepLine(event, options) ?? ''}\n` : '' };
}

/** On a terminal: permanent text takes the place of the rewritten line, which comes back below it while something is going on. */
function redraw(
  progress: Progress,
  permanent: string,
  options: ProgressOptions,
): { progress: Progress; output: string } {
  if (!options.live) return { progress, output: permanent };
  const line = liveLine(progress, options);
  const erase = progress.drawn ? ERASE : '';
  return { progress: { ...progress, drawn: line !== '' }, output: erase + permanent + line };
}

/** How many waiting secrets share the line; more are counted. */
const SHOWN = 3;

/** All that is going on in one line; a terminal's last column stays free, where some terminals wrap. */
function liveLine(progress: Progress, options: ProgressOptions): string {
  const pen = penOf(options);
  const running = [...progress.running];
  if (running.length === 0) return '';
  const width = Math.max(20, options.width - 1);
  const shown = running.slice(0, SHOWN);
  const more = running.length > SHOWN ? `; and ${running.length - SHOWN} more` : '';
  const room = Math.floor((width - more.length - 2 * (shown.length - 1)) / shown.length);
  const parts = shown.map(([id, { text, elapsed }]) =>
    cutTo(`${elapsedText(elapsed)} ${pen.clean(id)}: ${text}`, room, pen.sign.cut),
  );
  return pen.paint('dim', cutTo(`${parts.join('; ')}${more}`, width, pen.sign.cut));
}
