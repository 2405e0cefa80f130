import { execFileSync, spawn } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readTextFile, writeFileAtomically } from '../../../../src/adapters/files/text.js';
import { Fault } from '../../../../src/domain/fault.js';
import type { FaultDetails } from '../../../../src/domain/fault.js';

async function faultOf(work: Promise<unknown>): Promise<FaultDetails> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Fault) return error.details;
    throw error;
  }
  throw new Error('the call did not fail');
}

describe('[U] text files', () => {
  let home: string;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'keyturn-text-'));
  });

  afterEach(() => rmSync(home, { recursive: true }));

  it('are written with the mode that is asked for, whatever was there, and nothing is left beside them', async () => {
    const path = join(home, 'plan.json');
    writeFileSync(path, 'old', { mode: 0o644 });
    await writeFileAtomically(path, 'new', 0o600);
    expect(readFileSync(path, 'utf8')).to.equal('new');
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    expect(readdirSync(home)).to.deep.equal(['plan.json']);
  });

  it('are replaced as a whole: who has the old one open reads it to its end', async () => {
    const path = join(home, 'plan.json');
    await writeFileAtomically(path, 'old', 0o600);
    const before = statSync(path).ino;
    await writeFileAtomically(path, 'new', 0o600);
    expect(statSync(path).ino).to.not.equal(before);
  });

  it('written at the same time are each whole', async () => {
    const path = join(home, 'plan.json');
    const texts = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(100_000));
    await Promise.all(texts.map((text) => writeFileAtomically(path, text, 0o600)));
    expect(texts).to.include(readFileSync(path, 'utf8'));
    expect(readdirSync(home)).to.deep.equal(['plan.json']);
  });

  it('are written where a link points, and the link stays', async () => {
    mkdirSync(join(home, 'elsewhere'));
    writeFileSync(join(home, 'elsewhere/real'), 'old');
    symlinkSync('elsewhere/real', join(home, 'link'));
    await writeFileAtomically(join(home, 'link'), 'new', 0o644);
    expect(lstatSync(join(home, 'link')).isSymbolicLink()).to.equal(true);
    expect(readFileSync(join(home, 'elsewhere/real'), 'utf8')).to.equal('new');
  });

  it('that are pipes are written to, not replaced', async () => {
    const pipe = join(home, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const reader = spawn('cat', [pipe]);
    const chunks: Buffer[] = [];
    reader.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    const ended = new Promise((resolve) => reader.on('close', resolve));
    await writeFileAtomically(pipe, 'through', 0o600);
    await ended;
    expect(Buffer.concat(chunks).toString()).to.equal('through');
    expect(lstatSync(pipe).isFIFO()).to.equal(true);
  });

  it('that cannot be written are a fault that names the file and the reason', async () => {
    const fault = await faultOf(writeFileAtomically(join(home, 'missing/plan.json'), 'x', 0o600));
    expect(fault).to.include({ kind: 'absent', effect: 'none', call: `write ${join(home, 'missing/plan.json')}` });
    expect(await faultOf(writeFileAtomically(home, 'x', 0o600))).to.include({
      kind: 'invalid',
      said: 'it is a folder (EISDIR)',
    });
    expect(await faultOf(writeFileAtomically('/proc/keyturn-plan', 'x', 0o600))).to.include({
      effect: 'none',
      server: 'file system',
    });
  });

  it('are read up to a limit, without their byte order mark', async () => {
    const path = join(home, 'a');
    writeFileSync(path, '\uFEFFgrün');
    expect(await readTextFile(path, 8)).to.equal('grün');
    expect(await faultOf(readTextFile(path, 7))).to.include({ kind: 'invalid', said: 'it is longer than 7 bytes' });
    writeFileSync(path, 'x'.repeat(200_000));
    expect(await readTextFile(path, 200_000)).to.have.length(200_000);
    expect(await faultOf(readTextFile('/dev/zero', 1000))).to.include({ kind: 'invalid' });
  });

  it('that are not text, not there or folders are faults', async () => {
    writeFileSync(join(home, 'latin1'), Buffer.from([0x67, 0x72, 0xfc, 0x6e]));
    expect(await faultOf(readTextFile(join(home, 'latin1'), 100))).to.include({ kind: 'malformed', effect: 'none' });
    expect(await faultOf(readTextFile(join(home, 'missing'), 100))).to.include({ kind: 'absent' });
    expect(await faultOf(readTextFile(home, 100))).to.include({ kind: 'invalid' });
  });
});
