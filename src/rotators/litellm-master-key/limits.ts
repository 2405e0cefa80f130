import type { Diagnostic } from '../../domain/diagnostic.js';
import type { Policy } from '../../domain/policy.js';

/** GET /health calls every model with real requests; it costs money and says nothing about the key. */
const HEALTH = /\/health\/?$/;

/** Without a consumer or a check nobody would ever use the new key; a check of /health proves nothing and costs. */
export function limits(policy: Policy): readonly Diagnostic[] {
  const about = { severity: 'error', id: policy.id, source: policy.source } as const;
  const found: Diagnostic[] = [];
  if (policy.consumers.length === 0)
    found.push({
      ...about,
      code: 'KT1911',
      summary: 'a LiteLLM master key without `consumers`',
      action: 'Name the proxy: `consumers: [{ deployment: … }]`',
    });
  if (policy.verify === undefined)
    found.push({
      ...about,
      code: 'KT1912',
      summary: 'a LiteLLM master key without `verify`',
      action:
        'Add a cheap authenticated call: `verify: { http: { url: …/v1/models, header: "Authorization: Bearer {value}" } }`',
    });
  if (policy.verify !== undefined && HEALTH.test(pathOf(policy.verify.url)))
    found.push({
      ...about,
      code: 'KT1913',
      summary: '`verify` calls /health, which sends a paid request to every model',
      action: 'Use /v1/models',
    });
  return found;
}

function pathOf(url: string): string {
  return url.replace(/[?#].*$/, '');
}
