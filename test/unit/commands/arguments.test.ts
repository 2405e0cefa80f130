import { expect } from 'chai';
import * as fc from 'fast-check';

import type { DiagnosticCode } from '../../../src/domain/catalogue.js';
import { parseArguments, type ParseResult } from '../../../src/commands/arguments.js';
import { COMMAND_NAMES, commandSpec } from '../../../src/commands/table.js';

function parse(line: string): ParseResult {
  return parseArguments(line === '' ? [] : line.split(' '));
}

function accepted(line: string): Extract<ParseResult, { ok: true }> {
  const result = parse(line);
  expect(result, line).to.include({ ok: true });
  return result as Extract<ParseResult, { ok: true }>;
}

function codes(line: string): readonly DiagnosticCode[] {
  const result = parse(line);
  return result.ok ? [] : result.diagnostics.map((d) => d.code);
}

function problems(line: string): string {
  const result = parse(line);
  return result.ok
    ? ''
    : result.diagnostics.map((d) => `${d.summary}; ${d.detail ?? ''}; ${d.action ?? ''}`).join('\n');
}

describe('[U] a command line that is right', () => {
  it('gives a flag of each type, and what absent ones stand for', () => {
    expect(
      accepted('plan --out p.json --target a/* --target b/* --detailed-exitcode --at 2026-12-24 --parallelism 4'),
    ).to.deep.include({
      command: 'plan',
      args: {},
      flags: {
        policies: undefined,
        json: false,
        noColor: false,
        logLevel: undefined,
        target: ['a/*', 'b/*'],
        exclude: [],
        out: 'p.json',
        details: false,
        at: Date.parse('2026-12-24T00:00:00Z'),
        detailedExitcode: true,
        failOnWaiting: false,
        ignoreWindow: false,
        ignoreFreeze: undefined,
        overLimit: false,
        parallelism: 4,
        vaultAddress: undefined,
        kubeconfig: undefined,
        context: undefined,
      },
    });
  });

  it('may be written as Terraform is called', () => {
    const ours = accepted('plan --out=p.json --target=a/b --json --no-color --detailed-exitcode');
    expect(accepted('plan -out=p.json -target=a/b -json -no-color -detailed-exitcode')).to.deep.equal(ours);
    expect(accepted('plan -out p.json -target a/b -json=true -no-color -detailed-exitcode')).to.deep.equal(ours);
  });

  it('may have its flags before the command and behind the arguments', () => {
    const ours = accepted('apply p.json --details --policies x');
    expect(accepted('--policies x apply p.json --details')).to.deep.equal(ours);
    expect(accepted('--details --policies=x apply p.json')).to.deep.equal(ours);
  });

  it('takes everything behind two dashes for words', () => {
    expect(accepted('apply -- --out')).to.deep.include({ command: 'apply', args: { planfile: '--out' } });
  });

  it('reads values: durations, instants with an offset, digests in any case, values with an equals sign', () => {
    const digest = 'AB'.repeat(32);
    expect(accepted(`apply --lock-timeout 1m30s --digest ${digest}`).flags).to.include({
      lockTimeout: 90_000,
      digest: digest.toLowerCase(),
    });
    expect(accepted('status --at 2026-12-24T01:00:00+01:00').flags).to.include({
      at: Date.parse('2026-12-24T00:00:00Z'),
    });
    expect(accepted('plan --ignore-freeze=a=b').flags).to.include({ ignoreFreeze: 'a=b' });
    expect(accepted('plan --ignore-freeze=--x').flags).to.include({ ignoreFreeze: '--x' });
  });

  it('may say a thing twice where it is the same thing', () => {
    expect(accepted('plan --json --json --out a --out a').flags).to.include({ json: true, out: 'a' });
  });

  it('leaves an optional argument undefined', () => {
    expect(accepted('apply').args).to.deep.equal({ planfile: undefined });
    expect(accepted('history').args).to.deep.equal({ id: undefined });
  });
});

describe('[U] help and version', () => {
  it('are given for --help, -help and -h anywhere, whatever else is wrong', () => {
    for (const flag of ['--help', '-help', '-h']) {
      expect(accepted(`plan --nonsense ${flag}`)).to.deep.include({ command: 'help', args: { command: 'plan' } });
      expect(accepted(flag)).to.deep.include({ command: 'help', args: { command: undefined } });
    }
  });

  it('are commands too', () => {
    expect(accepted('help apply')).to.deep.include({ command: 'help', args: { command: 'apply' } });
    expect(accepted('--version')).to.deep.include({ command: 'version', flags: { json: false } });
    expect(accepted('--version --json')).to.deep.include({ command: 'version', flags: { json: true } });
    expect(codes('help aply')).to.deep.equal(['KT2101']);
  });
});

describe('[U] a command line that is wrong', () => {
  it('has no command, or one that does not exist, with the nearest', () => {
    expect(codes('')).to.deep.equal(['KT2101']);
    expect(codes('--json')).to.deep.equal(['KT2101']);
    expect(problems('aply')).to.include('did you mean `apply`?');
    expect(codes('constructor')).to.deep.equal(['KT2101']);
  });

  it('has a flag that does not exist, with the nearest', () => {
    expect(problems('plan --targt=x')).to.equal('no flag `--targt`; ; did you mean `--target`?');
    expect(codes('plan -x')).to.deep.equal(['KT2102']);
    expect(codes('plan --__proto__=x --constructor')).to.deep.equal(['KT2102', 'KT2102']);
  });

  it('has a flag of another command, which is named', () => {
    expect(problems('plan --forward')).to.equal(
      '`plan` has no flag `--forward`; It belongs to recover.; keyturn help plan',
    );
  });

  it('has a flag without its value, or an empty one', () => {
    expect(codes('plan --out')).to.deep.equal(['KT2103']);
    expect(codes('plan --out --json')).to.deep.equal(['KT2103']);
    expect(codes('plan --out=')).to.deep.equal(['KT2110']);
    expect(codes('plan --target= --target=a')).to.deep.equal(['KT2110']);
  });

  it('has values that are not understood', () => {
    const wrong = ['plan --at now', 'plan --at 2026-02-30x', 'plan --parallelism 0', 'plan --parallelism 1.5'];
    const more = ['apply --lock-timeout 90', 'apply --digest 9f3c', 'plan --log-level loud', 'plan --json=yes'];
    for (const line of [...wrong, ...more, 'completion powershell'])
      expect(codes(line), line).to.deep.equal(['KT2104']);
    expect(problems('plan --log-level inf')).to.include('did you mean `info`?');
  });

  it('has arguments too few or too many, or an id that none can be', () => {
    expect(codes('why')).to.deep.equal(['KT2105']);
    expect(codes('why a/b c/d')).to.deep.equal(['KT2106']);
    expect(codes('validate policies')).to.deep.equal(['KT2106']);
    expect(codes('rotate A/b')).to.deep.equal(['KT2120']);
    expect(parseArguments(['show', '']).ok).to.equal(false);
  });

  it('gives a flag twice with different values', () => {
    expect(codes('plan --out a --out b')).to.deep.equal(['KT2108']);
    expect(codes('plan --json --json=false')).to.deep.equal(['KT2108']);
  });

  it('gives what decides a plan beside a plan file, each named', () => {
    expect(codes('apply p.json --target a --exclude b')).to.deep.equal(['KT2107', 'KT2107']);
    expect(codes('apply p.json --over-limit')).to.deep.equal([]);
    expect(codes('apply --target a --exclude b --over-limit')).to.deep.equal([]);
    expect(codes('apply p.json --parallelism 2 --policies x --ignore-window')).to.deep.equal([]);
  });

  it('asks for JSON where a person would have to be asked', () => {
    for (const line of ['apply --json', 'rotate a --json', 'recover a --json', 'adopt a --json', 'unlock a --json']) {
      expect(codes(line), line).to.deep.equal(['KT2109']);
      expect(codes(`${line} --auto-approve`), line).to.deep.equal([]);
    }
    expect(codes('apply p.json --json')).to.deep.equal([]);
  });

  it('is told everything at once, and whether JSON was asked for', () => {
    const result = parse('plan a --forward --out --at x --json');
    expect(result).to.include({ ok: false, json: true });
    expect(codes('plan a --forward --at x --out')).to.deep.equal(['KT2106', 'KT2102', 'KT2103', 'KT2104']);
    expect(parse('plan a --json=false')).to.include({ ok: false, json: false });
  });
});

describe('[U] any command line', () => {
  it('is either understood or answered with at least one problem', () => {
    const word = fc.oneof(
      fc.constantFrom(
        ...COMMAND_NAMES,
        '--json',
        '--out',
        '-target=a',
        '--at',
        '--',
        '-',
        '--help',
        '--=',
        '-=x',
        'a/b',
      ),
      fc.string({ unit: 'binary', maxLength: 8 }),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (argv) => {
        const result = parseArguments(argv);
        if (result.ok) expect(Object.keys(result.flags)).to.have.lengthOf(commandSpec(result.command).flags.length);
        else expect(result.diagnostics).not.to.deep.equal([]);
      }),
    );
  }).timeout(20_000);
});
