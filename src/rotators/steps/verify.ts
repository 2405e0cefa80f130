import { isFault } from '../../domain/fault.js';
import { Material } from '../../domain/material.js';
import type { Right, StepContext, StepHandler, StepResult } from '../../domain/rotator.js';
import { numberIn, stringIn } from './records.js';
import { newValue, oldValue } from './values.js';

/** The declared check: the new value is accepted, and where the check tells them apart the old one is refused. */
export const verifyHandler: StepHandler = looking(async (context) => {
  const fresh = await newValue(context);
  const old = statuses(context, 'refused').length === 0 ? undefined : await oldValue(context);
  return until(context, async () => {
    const answer = await ask(context, fresh);
    if (answer.verdict === 'refused') return { result: 'refused', reason: `the new value is refused (${answer.text})` };
    if (answer.verdict === 'unclear')
      return { result: 'inconclusive', reason: `the new value is neither accepted nor refused: ${answer.text}` };
    if (old === undefined) return { result: 'done', receipt: { accepted: answer.text } };
    const before = await ask(context, old);
    if (before.verdict === 'refused')
      return { result: 'done', receipt: { accepted: answer.text, refused: before.text } };
    const reason =
      before.verdict === 'accepted'
        ? 'the old value is still accepted'
        : `whether the old value is refused is unclear: ${before.text}`;
    return { result: 'inconclusive', reason };
  });
});

/** On the way back: the old value is accepted again. */
export const verifyOldHandler: StepHandler = looking(async (context) => {
  const old = await oldValue(context);
  if (old === undefined) return { result: 'done', receipt: {} };
  return until(context, async () => {
    const answer = await ask(context, old);
    if (answer.verdict === 'accepted') return { result: 'done', receipt: { accepted: answer.text } };
    if (answer.verdict === 'refused') return { result: 'refused', reason: `the old value is refused (${answer.text})` };
    return { result: 'inconclusive', reason: `the old value is neither accepted nor refused: ${answer.text}` };
  });
});

function looking(perform: (context: StepContext) => Promise<StepResult>): StepHandler {
  return {
    effect: false,
    rights: (): readonly Right[] => [],
    prepare: () => Promise.resolve({}),
    perform,
    probe: () => Promise.resolve({ state: 'absent' }),
  };
}

/** Looks again while the answer is unclear; the last look begins after the time-out. */
async function until(context: StepContext, look: () => Promise<StepResult>): Promise<StepResult> {
  const { clock } = context.ports;
  const timeout = numberIn(context.step.params, 'timeout');
  const started = clock.monotonic();
  for (;;) {
    const late = clock.monotonic() - started > timeout;
    const found = await look();
    if (found.result !== 'inconclusive' || late) return found;
    context.progress(found.reason);
    await clock.sleep(context.pollEvery);
  }
}

type Verdict = { readonly verdict: 'accepted' | 'refused' | 'unclear'; readonly text: string };

async function ask(context: StepContext, value: Material): Promise<Verdict> {
  const { params } = context.step;
  const header = stringIn(params, 'header');
  const colon = header.indexOf(':');
  const headerValue = new Material(
    header
      .slice(colon + 1)
      .trim()
      .replace('{value}', () => value.expose()),
  );
  try {
    const { status } = await context.ports.http.send({
      method: stringIn(params, 'method'),
      url: stringIn(params, 'url'),
      headerName: header.slice(0, colon).trim(),
      headerValue,
    });
    const verdict = statuses(context, 'ok').includes(status)
      ? 'accepted'
      : statuses(context, 'refused').includes(status)
        ? 'refused'
        : 'unclear';
    return { verdict, text: `HTTP ${status}` };
  } catch (error) {
    if (isFault(error) && error.details.kind !== 'interrupted') return { verdict: 'unclear', text: error.details.said };
    throw error;
  }
}

function statuses(context: StepContext, key: 'ok' | 'refused'): readonly number[] {
  const list = context.step.params[key];
  return Array.isArray(list) ? list.filter((item) => typeof item === 'number') : [];
}
