import { hostname, userInfo } from 'node:os';

/** Environment variables as they were when the run began. Holds credentials: hand it on, never print it. */
export type Environment = { readonly [name: string]: string | undefined };

/** A frozen copy of the process's environment. */
export function environment(): Environment {
  return Object.freeze({ ...process.env });
}

/**
 * Who runs keyturn, for lease holders and audit: the URL of the CI job (GitLab's CI_JOB_URL), else `user@host`.
 * A container's user often has no name: then its number is taken.
 */
export function whoAmI(env: Environment): string {
  const job = env['CI_JOB_URL'];
  if (job !== undefined && job !== '') return job;
  return `${userName(env)}@${hostname()}`;
}

function userName(env: Environment): string {
  try {
    return userInfo().username;
  } catch {
    return env['USER'] ?? `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
