import { isoOf } from '../domain/time.js';
import type { Runtime } from './runtime.js';

const LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LEVELS)[number];

/** Writes one line to standard error where the level asks for it: time, run id, level, text. Texts hold no values. */
export type Log = (level: LogLevel, text: string) => void;

/** Precedence: flag, KEYTURN_LOG_LEVEL, warn. */
export function logOf(runtime: Runtime, flag: string | undefined): Log {
  const wanted = LEVELS.find((level) => level === (flag ?? runtime.env['KEYTURN_LOG_LEVEL'])) ?? 'warn';
  return (level, text) => {
    if (LEVELS.indexOf(level) > LEVELS.indexOf(wanted)) return;
    runtime.err.write(`${isoOf(runtime.clock.now())} ${runtime.run} ${level} ${text}\n`);
  };
}

/** One answered request as a line of level debug: server, method, the path's shape without its variable parts, status. */
export function exchangeLog(log: Log, server: string): (method: string, shape: string, status: number) => void {
  return (method, shape, status) => log('debug', `${server} ${method} ${shape} ${status}`);
}
