import { bashCompletion } from './completion-bash.js';
import { fishCompletion } from './completion-fish.js';
import { zshCompletion } from './completion-zsh.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

const SCRIPTS: { readonly [shell in Shell]: () => string } = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

export function isShell(text: string): text is Shell {
  return SHELLS.some((shell) => shell === text);
}

/** The completion script of a shell: every command, flag and fixed value of the table. Ends with a line feed. */
export function completionScript(shell: Shell): string {
  return SCRIPTS[shell]();
}
