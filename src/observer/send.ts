import type { AnswerValue, Query } from '../domain/observation.js';
import type { Kubernetes, Kv } from '../domain/ports.js';

/** Where the answers come from. `kubernetes` connects; it is called once, and only if some query needs a cluster. */
export interface ObserverPorts {
  readonly kv: Kv;
  kubernetes(): Promise<Kubernetes>;
}

/** Sends one query. Throws Fault where the system cannot answer; "there is none" is an answer. */
export type Send = (query: Query) => Promise<AnswerValue>;

/**
 * One request per query. The client of the cluster is connected at the first query that needs it; a failure to connect is kept and
 * becomes the failure of every such query, so that an unreachable cluster is asked once and not once per workload.
 */
export function senderOf(ports: ObserverPorts): Send {
  let connecting: Promise<Kubernetes> | undefined;
  const connect = (): Promise<Kubernetes> => (connecting ??= ports.kubernetes());
  return async (query) => {
    switch (query.type) {
      case 'kvMetadata':
        return { type: 'kvMetadata', metadata: await ports.kv.metadata(query.path) };
      case 'kvSubkeys':
        return { type: 'kvSubkeys', fields: await ports.kv.subkeys(query.path, query.version) };
      case 'workload': {
        const found = await (await connect()).readWorkload(query.workload);
        if (found === null) return { type: 'workload', workload: null };
        const { templateAnnotations, replicas, annotationManagers } = found;
        return { type: 'workload', workload: { templateAnnotations, replicas, annotationManagers } };
      }
    }
  };
}
