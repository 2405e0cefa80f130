import { at, isTree, listAt, same, textAt, type Tree } from '../kubernetes/value.js';
import { Container, type ContainerSettings } from './container.js';
import { podStatus } from './status.js';

/** Where a pod's own loopback port is written, for whoever wants to reach it. */
export const PORT = 'sandbox.keyturn.dev/port';

/** A pod whose object is gone gets no grace beyond this. */
const GRACE_OF_ORPHANS = 1000;
/** No such object, or another one of the same name: a deletion's uid that does not hold is 409, a patch's 422. */
const GONE = new Set([404, 409, 422]);

const hasHttpPort = (container: Tree): boolean =>
  listAt(container, 'ports').some((port) => textAt(port, 'name') === 'http');

const pathOf = (pod: Tree): string => {
  const [namespace, name] = [textAt(pod, 'metadata', 'namespace') ?? '', textAt(pod, 'metadata', 'name') ?? ''];
  return `/api/v1/namespaces/${namespace}/pods/${name}`;
};

/** One pod on this node, from the first look to the deletion of its object. */
export class PodRunner {
  readonly #settings: ContainerSettings;
  readonly #startedAt = Date.now();
  readonly #uid: string;
  #pod: Tree;
  #containers: readonly Container[] = [];
  #sent: Tree | undefined;
  #reporting: Promise<void> | undefined;
  #isEnding = false;
  #isStopped = false;
  #isAbandoned = false;

  constructor(pod: Tree, settings: ContainerSettings) {
    this.#pod = pod;
    this.#uid = textAt(pod, 'metadata', 'uid') ?? '';
    this.#settings = settings;
  }

  /** Writes the pod's port, then starts its containers. Throws where the server cannot be reached. */
  async start(takePort: () => Promise<number>): Promise<void> {
    const specs = listAt(this.#pod, 'spec', 'containers').filter(isTree);
    const serving = specs.find(hasHttpPort);
    const port = serving === undefined ? undefined : await takePort();
    if (port !== undefined) {
      const metadata = { uid: this.#uid, annotations: { [PORT]: String(port) } };
      const { status } = await this.#settings.api.patch(pathOf(this.#pod), 'merge', { metadata });
      if (GONE.has(status)) return;
    }
    const onChange = (): void => {
      this.#report();
    };
    this.#containers = specs.map(
      (spec) => new Container(this.#pod, spec, spec === serving ? port : undefined, this.#settings, onChange),
    );
    this.#report();
    for (const container of this.#containers) container.start();
  }

  /** Looks at the object as it is now: a deletion mark ends the pod, what could not be reported is reported again. */
  observe(pod: Tree): void {
    this.#pod = pod;
    if (at(pod, 'metadata', 'deletionTimestamp') === undefined) this.#report();
    else if (!this.#isEnding) void this.#end(pod);
  }

  /** The object is gone. Ends when the processes have. */
  async abandon(grace = GRACE_OF_ORPHANS): Promise<void> {
    this.#isAbandoned = true;
    await Promise.all(this.#containers.map((container) => container.stop(grace)));
  }

  async #end(pod: Tree): Promise<void> {
    this.#isEnding = true;
    const seconds = Number(at(pod, 'metadata', 'deletionGracePeriodSeconds') ?? 30);
    await Promise.all(this.#containers.map((container) => container.stop(seconds * 1000)));
    this.#isStopped = true;
    this.#report();
    await this.#reporting;
    const options = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      gracePeriodSeconds: 0,
      preconditions: { uid: this.#uid },
    };
    const done = await this.#settings.api.delete(pathOf(pod), options).then(
      ({ status }) => status < 300 || GONE.has(status),
      () => false,
    );
    // The next look at the object tries again.
    this.#isEnding = done;
  }

  #report(): void {
    if (this.#isAbandoned) return;
    this.#reporting ??= this.#send().finally(() => {
      this.#reporting = undefined;
    });
  }

  /** Sends the status until what was sent is what is true; what fails waits for the next look. */
  async #send(): Promise<void> {
    for (;;) {
      const time = { now: Date.now(), startedAt: this.#startedAt, isStopped: this.#isStopped };
      const views = this.#containers.map((container) => container.view);
      const status = podStatus(this.#pod, views, time, this.#sent);
      if (same(status, this.#sent)) return;
      const body = { metadata: { uid: this.#uid }, status };
      try {
        const answer = await this.#settings.api.patch(`${pathOf(this.#pod)}/status`, 'strategic', body);
        if (answer.status >= 300) return;
      } catch {
        return;
      }
      this.#sent = status;
    }
  }
}
