import type { ChildProcess } from 'node:child_process';
import { keyturn, type Outcome } from './keyturn.js';
import type { StoryWorld } from './world.js';

const MASTER_KEY = 'ai-gateway/litellm-master-key';
const DAY = 86_400_000;

/** Tells one part after the other and remembers what did not hold. */
export class Story {
  readonly #world: StoryWorld;
  readonly #write: (text: string) => void;
  readonly #now: number;
  readonly failures: string[] = [];

  constructor(world: StoryWorld, write: (text: string) => void, now: number) {
    this.#world = world;
    this.#write = write;
    this.#now = now;
  }

  async tell(): Promise<void> {
    this.#write(`The story of a rotation, told on ${this.#world.name}.\n`);
    await this.#takeOver();
    await this.#look();
    const old = await this.#masterKey();
    await this.#apply(old);
    await this.#kill();
    this.#write(
      this.failures.length === 0 ? '\nEvery part held.\n' : `\nThese did not hold:\n  ${this.failures.join('\n  ')}\n`,
    );
  }

  /** A value that was there before keyturn: its age is known to people only. */
  async #takeOver(): Promise<void> {
    this.#title('The gateway has run for a while. keyturn takes its master key over, with its age.');
    const born = new Date(this.#now - 36 * DAY).toISOString().slice(0, 10);
    const adopted = await this.#run(['adopt', MASTER_KEY, '--born', born, '--auto-approve']);
    this.#check(adopted.code === 0, 'adopt');
  }

  async #look(): Promise<void> {
    this.#title('Policies are checked without any network.');
    this.#check((await this.#run(['validate'])).code === 0, 'validate finds nothing wrong');
    this.#title('One secret is overdue, one is missing, the others are up to date.');
    const plan = await this.#run(['plan', '--detailed-exitcode']);
    this.#check(plan.code === 2, 'plan exits 2');
    this.#check(plan.stdout.includes('Plan: 1 to rotate, 1 to create'), 'plan: one to rotate, one to create');
  }

  async #apply(old: string): Promise<void> {
    this.#title(
      'Apply carries it out, step by step. Old and new key cannot live together: the gap is announced and measured.',
    );
    const apply = await this.#run(['apply', '--auto-approve']);
    this.#check(apply.code === 0, 'apply succeeds');
    this.#check(/gap \d/.test(apply.stdout), 'the gap was measured');
    const fresh = await this.#masterKey();
    this.#check(fresh !== old, 'the key is a new one');
    await this.#accepts('the new key is accepted', fresh, (status) => status === 200);
    await this.#accepts('the old key is refused', old, (status) => [400, 401, 403].includes(status));
    this.#title('Nothing is left to do.');
    this.#check((await this.#run(['plan', '--detailed-exitcode'])).code === 0, 'the next plan is empty');
  }

  async #kill(): Promise<void> {
    this.#title(
      'Another rotation, and SIGKILL half-way: the new key is promoted, the pods still run with the old one.',
    );
    const killed = await this.#run(['rotate', MASTER_KEY, '--auto-approve'], (text, child) => {
      // A step's line in the progress; the plan shows the same word with another sign.
      if (/✓ promote/.test(text)) child.kill('SIGKILL');
    });
    this.#check(killed.signal === 'SIGKILL', 'the run was killed');
    this.#title('Status shows it.');
    const status = await this.#run(['status']);
    this.#check(/litellm-master-key +litellm-master-key +claimed/.test(status.stdout), 'status says claimed');
    this.#title('The next apply waits for the lease to end, and finishes.');
    this.#check((await this.#run(['apply', '--auto-approve'])).code === 0, 'apply finishes it');
    this.#check((await this.#run(['plan', '--detailed-exitcode'])).code === 0, 'and nothing is left to do');
    await this.#accepts(
      'the key in Vault is the one that the gateway accepts',
      await this.#masterKey(),
      (code) => code === 200,
    );
    this.#title('What happened is on record.');
    const history = await this.#run(['history', MASTER_KEY]);
    this.#check((history.stdout.match(/rotated/g) ?? []).length >= 2, 'history holds both rotations');
  }

  #title(text: string): void {
    this.#write(`\n# ${text}\n`);
  }

  async #run(args: readonly string[], onOutput?: (text: string, child: ChildProcess) => void): Promise<Outcome> {
    this.#write(`\n$ keyturn ${args.join(' ')}\n`);
    return keyturn(this.#world, args, (text, child) => {
      this.#write(text);
      onOutput?.(text, child);
    });
  }

  #check(held: boolean, what: string): void {
    this.#write(`${held ? '  ok  ' : '  NOT '} ${what}\n`);
    if (!held) this.failures.push(what);
  }

  async #accepts(what: string, key: string, expected: (status: number) => boolean): Promise<void> {
    const response = await fetch(`${this.#world.gateway.url}/v1/models`, {
      headers: { authorization: `Bearer ${key}` },
    });
    await response.arrayBuffer();
    this.#check(expected(response.status), `${what} (HTTP ${response.status})`);
  }

  /** The story's own look into Vault, as a client of the gateway has it; never printed. */
  async #masterKey(): Promise<string> {
    const { address, token } = this.#world.vault;
    const response = await fetch(`${address}/v1/secret/data/ai-gateway/litellm/master-key`, {
      headers: { 'x-vault-token': token },
    });
    const body = (await response.json()) as { data: { data: { key: string } } };
    return body.data.data.key;
  }
}
