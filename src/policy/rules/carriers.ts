import type { Diagnostic } from '../../domain/diagnostic.js';
import { workloadKey } from '../../domain/observation.js';
import { consumerOf } from '../normal-policy.js';
import type { Entry, World } from '../world.js';

/** The value reaches every consumer, and every copy reaches somebody. Only of documents whose shape is right: nothing is missing by mistake. */
export function carrierRules({ entries }: World): readonly Diagnostic[] {
  return entries.filter(({ clean }) => clean).flatMap((entry) => [...withoutCarrier(entry), ...withoutConsumer(entry)]);
}

function withoutCarrier({ root, policy }: Entry): readonly Diagnostic[] {
  const reached = new Set(policy?.publish.map(({ namespace }) => namespace));
  return root.at('consumers').items.flatMap((part) => {
    const consumer = consumerOf(part);
    if (consumer === undefined || consumer.via !== 'copy' || reached.has(consumer.namespace)) return [];
    const summary =
      reached.size === 0
        ? `nothing carries the value to ${workloadKey(consumer)}`
        : `no copy is published in namespace \`${consumer.namespace}\` of ${workloadKey(consumer)}`;
    return [
      part.error('KT1405', summary, {
        action: 'Add a copy to `publish`, or say how the workload gets the value: `via: { readAtStart: true }`',
      }),
    ];
  });
}

function withoutConsumer({ root, policy }: Entry): readonly Diagnostic[] {
  const served = new Set(policy?.consumers.filter(({ via }) => via === 'copy').map(({ namespace }) => namespace));
  return root.at('publish').items.flatMap((item) => {
    const part = item.at('kubernetesSecret', 'namespace');
    if (part.text === undefined || served.has(part.text)) return [];
    const summary = `nobody in namespace \`${part.text}\` is restarted for this copy`;
    return [part.warning('KT1406', summary, { action: 'Name the workloads that use it under `consumers`' })];
  });
}
