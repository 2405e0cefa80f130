import { GitConstructError, GitPluginError, simpleGit } from 'simple-git';
import type { SimpleGit } from 'simple-git';
import type { Duration } from '../../domain/duration.js';
import type { Environment } from '../system/environment.js';

/** How one git command ended. `missing`: there is no git to run. */
export type GitResult =
  | { readonly ran: true; readonly code: number; readonly out: string; readonly error: string }
  | { readonly ran: false; readonly reason: string };

export type Git = (...words: readonly string[]) => Promise<GitResult>;

/** No answer within this: a network file system that hangs, a lock of another program. */
const DEADLINE: Duration = 10_000;

/**
 * A git that only looks: no optional locks (status would rewrite the index), no prompts, English messages. Of the environment it gets what
 * finds the program and its configuration (safe.directory may come from there), never GIT_DIR and the like: inside a hook these name
 * another repository than the folder's.
 */
export function gitIn(folder: string, environment: Environment): Git {
  return async (...words) => {
    const ended: Ended = { code: 0, error: '' };
    try {
      const out = await clientFor(folder, environment, ended).raw([...words]);
      return { ran: true, code: ended.code, out: ended.code === 0 ? out : '', error: ended.error };
    } catch (error) {
      if (ended.code > 0) return { ran: true, code: ended.code, out: '', error: ended.error };
      return { ran: false, reason: reasonOf(error, folder, ended) };
    }
  };
}

/** How the process ended, noted while the package turns it into an error of its own. */
interface Ended {
  /** Negative: the process could not be started. */
  code: number;
  error: string;
}

function clientFor(folder: string, environment: Environment, ended: Ended): SimpleGit {
  return simpleGit({
    baseDir: folder,
    timeout: { block: DEADLINE },
    // Where a person configures git by variables, git would read them too; dangerous settings among them are still refused.
    unsafe: { allowUnsafeConfigEnvCount: true, allowUnsafeConfigPaths: true },
    errors: (error, result) => {
      ended.code = result.exitCode;
      ended.error = Buffer.concat(result.stdErr).toString('utf8');
      return error;
    },
  }).env(environmentOf(environment));
}

const KEPT =
  /^(?:PATH|HOME|XDG_CONFIG_HOME|SYSTEMROOT|GIT_CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+))$/i;

function environmentOf(environment: Environment): { readonly [name: string]: string } {
  const kept = Object.entries(environment).flatMap(([name, value]): [string, string][] =>
    value !== undefined && KEPT.test(name) ? [[name, value]] : [],
  );
  return { ...Object.fromEntries(kept), LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' };
}

function reasonOf(error: unknown, folder: string, ended: Ended): string {
  if (ended.code < 0) return 'git is not installed, or not on PATH';
  if (error instanceof GitConstructError) return `there is no folder ${folder}`;
  if (error instanceof GitPluginError && error.plugin === 'timeout') return 'git gave no answer in time';
  return 'the environment configures git in a way that is refused (GIT_CONFIG_*)';
}
