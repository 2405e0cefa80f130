import dgram from 'node:dgram';
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { relative, sep } from 'node:path';

import { projectRoot } from './real/components.js';

/** What the test that runs may open: no socket at all, or sockets that stay on this machine. */
export type NetworkRule = 'none' | 'loopback';

/**
 * Unit tests that may use loopback: the embedded world is a server, and adapters are the code that talks to one. Every
 * other unit and golden test proves that what it tests needs no network.
 */
const LOOPBACK_UNITS = ['test/unit/sandbox', 'test/unit/adapters'];
const WITHOUT_NETWORK = ['test/unit', 'test/golden'];

/** The rule for one test file, given as an absolute path of its compiled form: <root>/<build folder>/test/…. */
export function networkRuleFor(testFile: string): NetworkRule {
  const path = relative(projectRoot, testFile).split(sep).slice(1).join('/');
  const lies = (folder: string): boolean => path.startsWith(`${folder}/`);
  return WITHOUT_NETWORK.some(lies) && !LOOPBACK_UNITS.some(lies) ? 'none' : 'loopback';
}

let rule: NetworkRule = 'loopback';
let current = 'the test process';
const refused: string[] = [];

/** Sets the rule from here on, and the name under which an attempt is reported. */
export function setNetworkRule(next: NetworkRule, testFile: string): void {
  rule = next;
  current = relative(projectRoot, testFile);
}

/**
 * Every attempt that was refused so far. Code under test may catch the error and carry on, so the runner fails the run
 * for each of these.
 */
export function refusedAttempts(): readonly string[] {
  return refused;
}

/**
 * Makes this process refuse what the rule does not allow, by throwing from the call. It covers net, and with it http,
 * https, tls, undici and fetch; dgram; and name look-ups. Child processes are not covered: they are told what to talk to.
 */
export function refuseNetwork(): void {
  guard(net.Socket.prototype, 'connect', (args) => targetOfConnect(args));
  guard(net.Server.prototype, 'listen', (args) => targetOfListen(args));
  guard(dgram.Socket.prototype, 'bind', () => 'udp');
  guard(dgram.Socket.prototype, 'connect', () => 'udp');
  guard(dgram.Socket.prototype, 'send', () => 'udp');
  for (const resolver of [dns, dns.promises]) guard(resolver, 'lookup', ([host]) => String(host));
  for (const resolver of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype]) {
    for (const name of Object.getOwnPropertyNames(resolver).filter((each) => /^(resolve|reverse)/.test(each))) {
      guard(resolver, name, ([host]) => `a DNS server, about ${String(host)}`);
    }
  }
  syncBuiltinESMExports();
}

type Callable = (this: unknown, ...args: unknown[]) => unknown;

/** Replaces one function by one that asks for the target first; a target is a host, a path, or words. */
function guard(owner: object, name: string, targetOf: (args: readonly unknown[]) => string): void {
  const functions = owner as Record<string, Callable>;
  const original = functions[name]!;
  functions[name] = function guarded(...args): unknown {
    const target = targetOf(args);
    if (rule === 'none' || !staysHere(target)) {
      const limit = rule === 'none' ? 'unit tests open no sockets' : 'tests stay on loopback';
      refused.push(`${current}: ${name} to ${target}`);
      throw new Error(`network refused, ${limit}: ${name} to ${target}`);
    }
    return original.apply(this, args);
  };
}

function staysHere(target: string): boolean {
  return target === 'localhost' || target === '::1' || target.startsWith('127.') || target.startsWith('unix:');
}

/** connect(options), connect(port, host?) and connect(path) as node:net documents them; node itself passes an array. */
function targetOfConnect(args: readonly unknown[]): string {
  const [first, second] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  if (isOptions(first)) return targetOfOptions(first, 'localhost');
  if (isPort(first)) return typeof second === 'string' ? second : 'localhost';
  return `unix:${String(first)}`;
}

/** Like connect, but a server without a host listens on every interface. */
function targetOfListen(args: readonly unknown[]): string {
  const [first, second] = args;
  const everywhere = 'every interface';
  if (isOptions(first)) return targetOfOptions(first, everywhere);
  if (typeof first === 'string' && !isPort(first)) return `unix:${first}`;
  return typeof second === 'string' ? second : everywhere;
}

/** node:http passes a path of null beside the host, so only a string is a path. */
function targetOfOptions({ host, path }: Options, otherwise: string): string {
  if (typeof path === 'string') return `unix:${path}`;
  return typeof host === 'string' ? host : otherwise;
}

interface Options {
  readonly host?: unknown;
  readonly path?: unknown;
}

function isOptions(value: unknown): value is Options {
  return typeof value === 'object' && value !== null;
}

function isPort(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value));
}
