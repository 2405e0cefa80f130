import { instantOf, isoOf } from '../../domain/time.js';
import type { Environment } from '../system/environment.js';
import { gitIn } from './run.js';
import type { Git, GitResult } from './run.js';

/** The commit that a folder stands at. */
export interface CheckedOut {
  /** 40 hex digits (64 in a SHA-256 repository). */
  readonly commit: string;
  /** The committer's date, RFC 3339 in UTC. */
  readonly committedAt: string;
  /** The folder's policies differ from the commit: changed, added, removed or ignored by git. Other files do not count. */
  readonly dirty: boolean;
}

/** `reason` says why there is no revision; it is a sentence without a full stop. */
export type Checkout = { readonly revision: CheckedOut } | { readonly revision: null; readonly reason: string };

export type Ancestry =
  | { readonly known: true; readonly ancestor: boolean }
  | { readonly known: false; readonly reason: string };

/** What git knows of a policies folder. Never throws: a folder without git is a reason, and keyturn works there too. */
export async function describeCheckout(folder: string, environment: Environment): Promise<Checkout> {
  const git = gitIn(folder, environment);
  const inside = await git('rev-parse', '--is-inside-work-tree');
  if (!succeeded(inside)) return nothing(whyNoRepository(inside));
  if (inside.out.trim() !== 'true')
    return nothing('the folder is in a bare repository, which has no files checked out');
  const head = await git('log', '-1', '--format=%H %cI', 'HEAD', '--');
  if (!succeeded(head)) return nothing(head.ran ? 'the repository has no commit yet' : head.reason);
  const [commit, date] = head.out.trim().split(' ');
  const committedAt = instantOf(date ?? '');
  if (commit === undefined || committedAt === undefined) return nothing('git gives no commit and date for HEAD');
  const dirty = await isDirty(git);
  if (typeof dirty === 'string') return nothing(dirty);
  return { revision: { commit, committedAt: isoOf(committedAt), dirty } };
}

/** Is commit `a` reached from commit `b`? Both must be in the repository; a commit is its own ancestor. Never throws. */
export async function isAncestor(folder: string, a: string, b: string, environment: Environment): Promise<Ancestry> {
  for (const commit of [a, b])
    if (!isCommitId(commit)) return unknown(`${JSON.stringify(commit.slice(0, 70))} is not a commit id`);
  const git = gitIn(folder, environment);
  const result = await git('merge-base', '--is-ancestor', a, b);
  if (!result.ran) return unknown(result.reason);
  if (result.code === 0) return { known: true, ancestor: true };
  const shallow = await git('rev-parse', '--is-shallow-repository');
  if (succeeded(shallow) && shallow.out.trim() === 'true')
    return unknown(
      'the checkout is shallow, so that its history ends early; fetch all of it (GIT_DEPTH: 0 in GitLab CI)',
    );
  if (result.code === 1) return { known: true, ancestor: false };
  return unknown(succeeded(shallow) ? 'one of the two commits is not in this repository' : whyNoRepository(shallow));
}

function isCommitId(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

function succeeded(result: GitResult): result is GitResult & { readonly ran: true; readonly code: 0 } {
  return result.ran && result.code === 0;
}

function nothing(reason: string): Checkout {
  return { revision: null, reason };
}

function unknown(reason: string): Ancestry {
  return { known: false, reason };
}

function whyNoRepository(result: GitResult): string {
  if (!result.ran) return result.reason;
  if (/dubious ownership|unsafe repository/.test(result.error))
    return 'git refuses a repository that another user owns; allow it with: git config --global --add safe.directory <path>';
  if (result.error.includes('not a git repository')) return 'the folder is not in a git repository';
  return 'git cannot read the repository';
}

/** Every file that counts as a policy, by name, below the folder; ignored ones too, since keyturn reads them all the same. */
const POLICY_FILES = ['*.yaml', '*.yml'];

async function isDirty(git: Git): Promise<boolean | string> {
  const shown = ['--untracked-files=all', '--ignored=traditional'];
  const result = await git('status', '--porcelain', '-z', ...shown, '--', ...POLICY_FILES);
  if (!result.ran) return result.reason;
  return result.code === 0 ? result.out !== '' : 'git cannot compare the folder with its commit';
}
