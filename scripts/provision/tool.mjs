import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

/**
 * Runs one tool, niced, with its whole output in `log`, and resolves to its standard output. Throws with the tool's own
 * reason when it fails and with the limit when it takes longer. Neither the tool nor what it has started outlives this
 * process, so a killed provision leaves nothing that goes on writing.
 *
 * @param options `log` a file to append to; `minutes` the limit; `env` added to this process's; `cwd`.
 */
export async function runTool(command, args, { log, minutes, env = {}, cwd }) {
  const out = createWriteStream(log, { flags: 'a' });
  out.write(`$ ${[command, ...args].join(' ')}\n`);
  const child = spawn('nice', ['-n', '10', command, ...args], {
    cwd,
    detached: true,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await once(child, 'spawn');
  const guard = guardGroup(child.pid);
  let timedOut = false;
  const limit = setTimeout(() => {
    timedOut = true;
    process.kill(-child.pid, 'SIGKILL');
  }, minutes * 60_000);
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr']) {
    child[stream].setEncoding('utf8').on('data', (text) => {
      said[stream] += text;
      out.write(text);
    });
  }
  try {
    const [code, signal] = await once(child, 'close');
    if (timedOut) throw new Error(`${command} did not finish within ${minutes} minutes`);
    if (code !== 0) throw new Error(reasonIn(said) ?? `${command} ended with ${signal ?? `code ${code}`}`);
    return said.stdout;
  } finally {
    guard.kill('SIGKILL');
    clearTimeout(limit);
    out.end();
  }
}

/**
 * A process that kills the whole group of the tool once its own standard input ends: that is, when this process is
 * gone, however it went. It has a group of its own, so that a Ctrl-C does not take it away first.
 */
function guardGroup(group) {
  return spawn('sh', ['-c', 'cat; kill -s KILL -- "-$0"', String(group)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
}

/** The line that most likely tells why: the last that a tool marks as an error, else its last. */
function reasonIn({ stdout, stderr }) {
  const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '');
  return (lines.findLast((line) => /^(error|fatal)\b/i.test(line)) ?? lines.at(-1))?.trim();
}
