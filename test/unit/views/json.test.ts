import { expect } from 'chai';

import type { Diagnostic } from '../../../src/domain/diagnostic.js';
import { diagnosticLines, endingLine, eventLine, versionLine } from '../../../src/views/json/events.js';
import { jsonDocument, jsonLine } from '../../../src/views/json/json-text.js';
import * as outputs from '../../../src/views/json/outputs.js';
import { FORBIDDEN, HOSTILE, hostilePlan, NOW } from './samples.js';

function diagnostic(line: number, severity: Diagnostic['severity'], summary = 'wrong'): Diagnostic {
  return { severity, code: 'KT1001', summary, source: { file: 'a', line, column: 1, endLine: line, endColumn: 2 } };
}

describe('[U] JSON outputs', () => {
  it('of validate count and sort, and are valid with warnings alone', () => {
    const output = outputs.validateOutput([diagnostic(3, 'warning'), diagnostic(1, 'error'), diagnostic(2, 'warning')]);
    expect(output).to.include({ format: 'keyturn.dev/validate/v1', valid: false, errorCount: 1, warningCount: 2 });
    expect(output.diagnostics.map((d) => d.source?.line)).to.deep.equal([1, 2, 3]);
    expect(outputs.validateOutput([diagnostic(1, 'warning')]).valid).to.equal(true);
  });

  it('hide what looks like a credential in what a diagnostic quotes', () => {
    const value = 'hvs.CAESIJ0a1b2c3d4e5f6g7h8i9j0';
    const list = [{ ...diagnostic(1, 'error', value), detail: value, action: value }];
    expect(JSON.stringify([outputs.validateOutput(list), outputs.errorOutput(65, list)])).not.to.include('CAESIJ');
    expect(diagnosticLines(list, NOW)).not.to.include('CAESIJ');
  });

  it('carry the name of their format', () => {
    const report = { at: 'x', drift: [], unobserved: [], looked: 0 };
    const info = { version: '0.1.0', node: '20.20.2', platform: 'linux-x64' };
    expect(outputs.statusOutput('x', [])).to.deep.equal({ format: 'keyturn.dev/status/v1', at: 'x', secrets: [] });
    expect(outputs.driftOutput(report)).to.deep.equal({ format: 'keyturn.dev/drift/v1', ...report });
    expect(outputs.whyOutput({ id: 'a', kind: 'k', facts: [], conclusion: 'c' }).format).to.equal('keyturn.dev/why/v1');
    expect(outputs.historyOutput([])).to.deep.equal({ format: 'keyturn.dev/history/v1', entries: [] });
    expect(outputs.versionOutput(info)).to.deep.equal({ format: 'keyturn.dev/version/v1', ...info });
    expect(outputs.errorOutput(69, [])).to.deep.equal({
      format: 'keyturn.dev/error/v1',
      exitCode: 69,
      diagnostics: [],
    });
  });

  it('come back as they were, and hold nothing that steers a terminal', () => {
    const plan = hostilePlan(HOSTILE);
    for (const text of [jsonDocument(plan), jsonLine(plan)]) {
      expect(JSON.parse(text)).to.deep.equal(plan);
      expect(text).not.to.match(FORBIDDEN);
    }
    expect(jsonLine(plan).trimEnd()).not.to.include('\n');
  });
});

describe('[U] the JSON stream', () => {
  const result = { id: 'a', outcome: 'rotated', gap: null } as const;

  it('begins with the version of the stream', () => {
    expect(JSON.parse(versionLine('0.1.0', 'run', NOW))).to.deep.equal({
      at: '2026-11-23T11:00:00.000Z',
      type: 'version',
      format: 'keyturn.dev/events/v1',
      version: '0.1.0',
      run: 'run',
    });
  });

  it('has one line per event, whatever texts it holds', () => {
    const line = eventLine({ type: 'turned', id: HOSTILE, direction: 'back', reason: HOSTILE }, NOW);
    expect(line.split('\n')).to.have.lengthOf(2);
    expect(line).not.to.match(FORBIDDEN);
    expect(JSON.parse(line)).to.deep.include({ type: 'turned', reason: HOSTILE, at: '2026-11-23T11:00:00.000Z' });
  });

  it('tells lengths of time in whole milliseconds', () => {
    const step = { id: 'a', step: 'stage', verb: 'stage', target: 't', elapsed: 7.15 } as const;
    expect(JSON.parse(eventLine({ type: 'stepDone', ...step }, NOW))).to.include({ elapsed: 7 });
  });

  it('has one line per diagnostic', () => {
    expect(diagnosticLines([], NOW)).to.equal('');
    expect(diagnosticLines([diagnostic(1, 'error'), diagnostic(2, 'error')], NOW).split('\n')).to.have.lengthOf(3);
  });

  it('ends with the four lists and the exit code', () => {
    expect(JSON.parse(endingLine([result], 0, NOW))).to.deep.equal({
      at: '2026-11-23T11:00:00.000Z',
      type: 'ending',
      exitCode: 0,
      done: [result],
      failed: [],
      notStarted: [],
      needsAttention: [],
    });
  });
});
