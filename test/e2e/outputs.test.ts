import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { expect } from 'chai';
import { describeTools } from '../support/real/require.js';
import { jsonOf, linesOf, runCli, said, type CliResult } from '../support/cli.js';
import { type Checker, startChecker } from '../support/end-to-end/checker.js';
import { expectEnd } from '../support/end-to-end/expect-end.js';
import { checkedBy, pathOf, seedOverdue, writeInventory } from '../support/end-to-end/inventory.js';
import type { Scene } from '../support/end-to-end/scene.js';
import { stageOf } from '../support/end-to-end/stage.js';
import { isColoured, runInTerminal } from '../support/end-to-end/terminal.js';
import { onBothWorlds, type Servers } from '../support/end-to-end/worlds.js';

type Check = (value: unknown) => void;

const checks = new Map<string, Promise<Check>>();

/** Checks against a schema that the program itself gives out. */
function checkOf(name: string): Promise<Check> {
  const check = checks.get(name) ?? compiled(name);
  checks.set(name, check);
  return check;
}

async function compiled(name: string): Promise<Check> {
  const { code, stdout } = await runCli(['schema', name], { cwd: '/', env: {} });
  expect(code).to.equal(0);
  const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
  formats.default(ajv);
  // For editors alone.
  ajv.addVocabulary(['enumDescriptions']);
  const validate = ajv.compile(JSON.parse(stdout) as object);
  return (value) => expect(validate(value), JSON.stringify({ errors: validate.errors, value })).to.equal(true);
}

interface Line {
  readonly type: string;
  readonly exitCode?: number;
  readonly run?: string;
}

function body(servers: Servers): void {
  const stage = stageOf(servers);
  const scene = (): Scene => stage().scene;
  let checker: Checker;

  beforeEach(async () => {
    checker = await startChecker();
    writeInventory(scene(), { policies: { one: checkedBy(checker.url), two: '', three: 'owner: somebody\n' } });
    await seedOverdue(scene(), ['one', 'two']);
    const old = await scene().live(pathOf(scene(), 'one'));
    checker.answer = (key) => (key === old['value'] ? 401 : 200);
  });
  afterEach(async () => {
    await checker.close();
  });

  /** One document, nothing beside it. */
  async function expectDocument(schema: string, args: readonly string[], code = 0): Promise<void> {
    const result = await scene().run([...args, '--json']);
    expect(result.code, said(result)).to.equal(code);
    expect(result.stderr, said(result)).to.equal('');
    (await checkOf(schema))(jsonOf(result));
  }

  /** A line for each event, the first says which format, the last how it ended; nothing beside them. */
  async function expectStream(result: CliResult, code: number): Promise<readonly Line[]> {
    const check = await checkOf('output-events');
    const lines = linesOf(result) as readonly Line[];
    expect(result.code, said(result)).to.equal(code);
    expect(result.stderr, said(result)).to.equal('');
    for (const line of lines) check(line);
    expect(lines[0]?.type).to.equal('version');
    expect(lines.at(-1)).to.include({ type: 'ending', exitCode: code });
    return lines;
  }

  it('of looking commands is one document, as its schema says, in every state', async () => {
    const look = async (): Promise<void> => {
      await expectDocument('plan', ['plan', '--out', 'plan.json']);
      await Promise.all([
        expectDocument('plan', ['show', 'plan.json']),
        expectDocument('output-status', ['status']),
        expectDocument('output-drift', ['drift']),
        expectDocument('output-why', ['why', 'app/one']),
        expectDocument('output-history', ['history']),
      ]);
    };
    await expectDocument('output-validate', ['validate']);
    await expectDocument('output-version', ['version']);
    await look();
    checker.answer = () => 401;
    await expectStream(await scene().run(['apply', '--auto-approve', '--json']), 4);
    await look();
  });

  it('of a saved plan is its schema, and the plan that was printed', async () => {
    const printed = await scene().run(['plan', '--json', '--out', 'plan.json']);
    const saved = JSON.parse(scene().read('plan.json')) as unknown;
    (await checkOf('plan'))(saved);
    expect(jsonOf(printed)).to.deep.equal(saved);
  });

  it('of what cannot be done is an error document with the exit code', async () => {
    await Promise.all([
      expectDocument('output-error', ['plan', '--target', 'app/nothing'], 64),
      expectDocument('output-error', ['apply', 'missing.json'], 65),
      expectDocument('output-error', ['plan', '--vault-address', 'http://127.0.0.1:9'], 69),
      expectDocument('output-error', ['nonsense'], 64),
    ]);
    scene().write('policies/wrong.yaml', 'kind: [');
    await Promise.all([
      expectDocument('output-error', ['plan'], 65),
      expectDocument('output-validate', ['validate'], 65),
    ]);
  });

  it('of changing commands is a stream from version to ending, as its schema says', async () => {
    const killed = scene().start(['apply', '--auto-approve', '--json', '--target', 'app/two'], {
      onOutput: (text, child) => void (/"stepDone"/.test(text) && child.kill('SIGKILL')),
    });
    await killed.ended;
    const lines = await expectStream(await scene().run(['apply', '--auto-approve', '--json']), 0);
    expect(new Set(lines.map(({ type }) => type))).to.include.all.keys(
      'runStarted',
      'changeStarted',
      'stepStarted',
      'stepDone',
      'changeEnded',
      'runEnded',
    );
    await expectStream(await scene().run(['apply', '--auto-approve', '--json']), 0);
    await expectStream(await scene().run(['rotate', 'app/two', '--auto-approve', '--json']), 0);
    await expectStream(await scene().run(['recover', 'app/two', '--auto-approve', '--json']), 0);
    await expectStream(await scene().run(['adopt', 'app/two', '--auto-approve', '--json']), 0);
    await expectStream(await scene().run(['unlock', 'app/two', '--auto-approve', '--json']), 0);
  });

  it('of a plan that is refused still is a stream, and says why', async () => {
    const settings = scene().read('policies/keyturn.yaml');
    scene().write('policies/keyturn.yaml', settings.replace('limits: {', 'limits: { maxChanges: 1,'));
    const lines = await expectStream(await scene().run(['apply', '--auto-approve', '--json']), 6);
    expect(lines.map(({ type }) => type)).to.include('diagnostic');
  });

  it('through a pipe has neither colour nor a line that is written over', async () => {
    const all = [['validate'], ['plan'], ['status'], ['drift'], ['apply', '--auto-approve'], ['history'], ['help']];
    const look = async (args: readonly string[]): Promise<void> => {
      const result = await scene().run(args, { env: { TERM: 'xterm-256color', FORCE_COLOR: '1' } });
      expect(result.code, said(result)).to.equal(0);
      for (const control of ['\u001b', '\r']) expect(result.stdout + result.stderr).to.not.include(control);
    };
    await Promise.all(all.map(look));
  });

  describeTools(['script'], 'on a terminal', () => {
    it('is coloured, and with NO_COLOR or --no-color it is not', async () => {
      const plan = (env: Readonly<Record<string, string>>, ...flags: readonly string[]) =>
        runInTerminal(scene(), ['plan', ...flags], { env });
      const [coloured, ...others] = await Promise.all([
        plan({}),
        plan({ NO_COLOR: '1' }),
        plan({}, '--no-color'),
        plan({ TERM: 'dumb' }),
      ]);
      expect(isColoured(coloured.output)).to.equal(true);
      for (const plain of others) {
        expect(plain.code).to.equal(0);
        expect(plain.output).to.include('2 to rotate');
        expect(isColoured(plain.output)).to.equal(false);
      }
    });

    it('asks before it changes anything, and takes nothing but "yes" as a yes', async () => {
      const before = await scene().live(pathOf(scene(), 'two'));
      const answers = ['no', 'y', ''].map((answer) =>
        runInTerminal(scene(), ['apply', '--target', 'app/two'], { answer }),
      );
      for (const refused of await Promise.all(answers)) {
        expect(refused.code, refused.output).to.equal(1);
        expect(refused.output).to.include('Nothing was changed');
      }
      expect(await scene().live(pathOf(scene(), 'two'))).to.deep.equal(before);
      const approved = await runInTerminal(scene(), ['apply', '--target', 'app/two'], { answer: 'yes' });
      expect(approved.code, approved.output).to.equal(0);
      expect(await scene().live(pathOf(scene(), 'two'))).to.not.deep.equal(before);
    });
  });

  it('of commands that need no server needs none', async () => {
    const env = { VAULT_ADDR: 'http://127.0.0.1:9', HOME: '/nonexistent' };
    const setup = [
      ['help', 'apply'],
      ['version'],
      ['schema'],
      ['explain', 'KT3001'],
      ['explain', '5'],
      ['completion', 'bash'],
    ];
    for (const result of await Promise.all(setup.map((args) => scene().run(args, { env })))) expectEnd(result, 0);
  });
}

onBothWorlds('output', ['openbao'], body);
