import type { Kubernetes, Kv } from '../../src/domain/ports.js';
import { memoryWorld, type TestWorld } from './memory-world.js';

/** One call of one runner, before it is made; `go` makes it. What is returned or thrown is what the runner gets. */
export interface PortCall {
  readonly name: string;
  /** Its first argument where that is a path, else empty. */
  readonly path: string;
  readonly args: readonly unknown[];
  go(): Promise<unknown>;
}

export type Act = (call: PortCall) => Promise<unknown>;

/** A runner of its own in the same world, each of whose calls to Vault and Kubernetes goes through `act`. */
export function runnerIn(world: TestWorld, act: Act = (call) => call.go()): TestWorld {
  const runner = memoryWorld(world);
  const kv = through<Kv>(world.kv, act);
  const cluster = through<Kubernetes>(world.cluster, act);
  return { ...runner, ports: { ...runner.ports, kv, kubernetes: () => Promise.resolve(cluster) } };
}

function through<T extends object>(port: T, act: Act): T {
  return new Proxy(port, {
    get(target, name): unknown {
      const method: unknown = Reflect.get(target, name, target);
      if (typeof method !== 'function') return method;
      return (...args: readonly unknown[]) => {
        const path = typeof args[0] === 'string' ? args[0] : '';
        const go = async (): Promise<unknown> => (await Reflect.apply(method, target, args)) as unknown;
        return act({ name: String(name), path, args, go });
      };
    },
  });
}

/** A place where a runner stands still until it is told to go on. */
export interface Gate {
  /** Resolves when the runner has come to it. */
  readonly reached: Promise<void>;
  open(): void;
  pass(): Promise<void>;
}

export function gate(): Gate {
  let reach: () => void = () => undefined;
  let open: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const opened = new Promise<void>((resolve) => (open = resolve));
  return {
    reached,
    open,
    pass: () => {
      reach();
      return opened;
    },
  };
}

/** The n-th call for which `match` holds goes through `then`, all others go on. */
export function onNth(match: (call: PortCall) => boolean, nth: number, then: Act): Act {
  let count = 0;
  return (call) => {
    if (match(call)) count += 1;
    else return call.go();
    return count === nth ? then(call) : call.go();
  };
}

/** The n-th such call stands still before it is sent: when it goes on, its arguments are those of long ago. */
export function stallBefore(match: (call: PortCall) => boolean, at: Gate, nth = 1): Act {
  return onNth(match, nth, async (call) => {
    await at.pass();
    return call.go();
  });
}

/** One act after the other, each a match of its own: the first whose match holds decides. */
export function either(...pairs: readonly { readonly match: (call: PortCall) => boolean; readonly act: Act }[]): Act {
  return (call) => (pairs.find(({ match }) => match(call))?.act ?? ((other: PortCall) => other.go()))(call);
}
