import { expect } from 'chai';
import { spawnSync } from 'node:child_process';

import { completionScript } from '../../../src/commands/completion.js';
import { COMMAND_NAMES } from '../../../src/commands/table.js';
import { describeTools } from '../../support/real/require.js';

/** What bash offers for the last of these words. */
function offered(...words: readonly string[]): readonly string[] {
  const script = `${completionScript('bash')}
COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); _keyturn
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const result = spawnSync('bash', ['--norc', '-c', script, 'bash', 'keyturn', ...words], { encoding: 'utf8' });
  expect(result.stderr).to.equal('');
  return result.stdout.split('\n').filter((line) => line !== '');
}

describeTools(['bash'], '[C] completion in bash', () => {
  it('offers the commands first', () => {
    expect(offered('')).to.deep.equal([...COMMAND_NAMES]);
    expect(offered('pl')).to.deep.equal(['plan']);
    expect(offered('--policies', 'x', 'pl')).to.deep.equal(['plan']);
  });

  it('offers the flags of the command that is called', () => {
    expect(offered('plan', '--de')).to.deep.equal(['--details', '--detailed-exitcode']);
    expect(offered('--json', 'recover', '--for')).to.deep.equal(['--forward']);
    expect(offered('plan', '--for')).to.deep.equal([]);
  });

  it('offers fixed values behind a space and behind an equals sign', () => {
    expect(offered('plan', '--log-level', '')).to.deep.equal(['error', 'warn', 'info', 'debug']);
    expect(offered('plan', '--log-level', '=', 'w')).to.deep.equal(['warn']);
    expect(offered('completion', '')).to.deep.equal(['bash', 'zsh', 'fish']);
  });

  it('offers files where a file is meant and nothing where a text is', () => {
    expect(offered('apply', 'package.j')).to.deep.equal(['package.json']);
    expect(offered('plan', '--out', 'package.j')).to.deep.equal(['package.json']);
    expect(offered('plan', '--policies', 'sr')).to.deep.equal(['src']);
    expect(offered('plan', '--ignore-freeze', 'p')).to.deep.equal([]);
  });
});
