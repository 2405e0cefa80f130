/** One fault put into one compiled file, and the test that has to notice it. */
export interface Planted {
  /** What is broken, as a sentence. */
  readonly broken: string;
  /** Below the compiled `src`. */
  readonly file: string;
  /** Stands in it exactly once. */
  readonly find: string;
  readonly put: string;
  /** Below the compiled `test`, without `.test.js`. */
  readonly test: string;
  /** Its full title. */
  readonly title: string;
}

export const PLANTED: readonly Planted[] = [
  {
    broken: 'promote writes under whatever version stands there now',
    file: 'rotators/steps/promote.js',
    find: 'return await kv.patch(path, { [field]: value }, cas);',
    put: 'return await kv.patch(path, { [field]: value }, (await kv.metadata(path)).currentVersion);',
    test: 'unit/rotators/writes',
    title: "[U] rotators: promote is a conflict where a sibling's newer version stands, whenever it is sent",
  },
  {
    broken: 'promote believes that a conflict means absent, without looking whose version it is',
    file: 'rotators/steps/promote.js',
    find: 'if (next === null || found === undefined || !found.equals(value))',
    put: 'if (next !== undefined)',
    test: 'unit/rotators/writes',
    title: '[U] rotators: promote is found where it had landed, and a sibling wrote since',
  },
  {
    broken: 'the old value is read from the version before the newest promote',
    file: 'rotators/steps/records.js',
    find: 'return open.records.find((record) => names.has(record.step));',
    put: 'return open.records.findLast((record) => names.has(record.step));',
    test: 'unit/rotators/writes',
    title:
      "[U] rotators: unpromote gives the field the value of the version before the first promote, and keeps a sibling's newer one",
  },
  {
    broken: 'a stage of unknown outcome is not fenced by a tombstone',
    file: 'rotators/steps/stage.js',
    find: "await ports.kv.write(pendingPath, { rotation: 'none' }, numberIn(record.intent, 'cas'));",
    put: '',
    test: 'unit/rotators/writes',
    title: '[U] rotators: stage of unknown outcome is fenced by a tombstone, so that it can never land',
  },
  {
    broken: 'pending material is taken whosever it is',
    file: 'rotators/steps/values.js',
    find: 'rotation.expose() !== open.rotation',
    put: 'false',
    test: 'unit/rotators/writes',
    title: '[U] rotators: promote needs pending material of its own rotation',
  },
  {
    broken: 'a publish leaves no mark of its own',
    file: 'rotators/steps/publish.js',
    find: 'return `${context.open.rotation}.${record.journalVersion}`;',
    put: "return 'mine';",
    test: 'unit/rotators/writes',
    title: '[U] rotators: publish writes the key under the resourceVersion of its intent, with a mark of its own',
  },
  {
    broken: 'a copy whose value is live nowhere is overwritten',
    file: 'rotators/steps/publish.js',
    find: 'if (live?.equals(secret.value) === true)',
    put: 'if (live === undefined || live.equals(secret.value))',
    test: 'unit/executor/preflight',
    title: '[U] executor: pre-flight of obstacles a copy whose value is live nowhere is KT4006',
  },
  {
    broken: 'a pod that is only terminating counts as gone',
    file: 'rotators/steps/wait.js',
    find: 'const other = rollout.pods.length - fresh.length;',
    put: 'const other = rollout.pods.filter((pod) => !pod.terminating).length - fresh.length;',
    test: 'unit/rotators/looks',
    title: '[U] rotators: when a rollout has converged an old pod is only terminating: rolling',
  },
  {
    broken: 'a time-out is declared by a look that began before it',
    file: 'rotators/steps/wait.js',
    find: 'if (late)',
    put: 'if (clock.monotonic() - started > timeout)',
    test: 'unit/rotators/looks',
    title: '[U] rotators: wait declares a time-out only by a look that began after it',
  },
  {
    broken: 'the way back restarts before the live path has its old value again',
    file: 'rotators/kv-value/decide.js',
    find: 'return [...unpublish, unpromote, ...back, ...testOld(policy, seen)];',
    put: 'return [...unpublish, ...back, unpromote, ...testOld(policy, seen)];',
    test: 'contract/rotator',
    title: '[C] rotator litellm-master-key with one proxy decides to rotate: in an order that keeps consumers alive',
  },
  {
    broken: 'a lease is taken over without waiting for a call that is still on its way',
    file: 'executor/lease.js',
    find: 'return longDead ? callDeadline : leaseFor + callDeadline;',
    put: 'return longDead ? callDeadline : leaseFor;',
    test: 'unit/executor/lease',
    title:
      '[U] executor: waiting for a lease takes over what stood still for leaseFor and one call deadline on its own clock, and not before',
  },
  {
    broken: 'a heartbeat is no sign of life',
    file: 'executor/lease.js',
    find: 'if (seen.version !== sight.version)',
    put: 'if (false)',
    test: 'unit/executor/lease',
    title:
      '[U] executor: waiting for a lease counts every heartbeat as life: a holder that beats once a minute is never robbed',
  },
  {
    broken: 'a journal write of unknown outcome is not looked for after a conflict',
    file: 'executor/writer.js',
    find: "unsure ||= fault.details.effect === 'unknown';",
    put: '',
    test: 'unit/executor/writer',
    title: '[U] executor: the writer of one journal knows its own write by its id where the answer was lost',
  },
  {
    broken: 'whoever lost the lease goes on writing',
    file: 'executor/writer.js',
    find: 'if (this.#lost !== undefined)\n            throw this.#lost;',
    put: '',
    test: 'unit/executor/writer',
    title:
      '[U] executor: the writer of one journal throws at every later update once the lease is lost, and sends nothing more',
  },
  {
    broken: 'a stray marker is removed although its claim may still land',
    file: 'executor/claim.js',
    find: 'await firstWrite(world, marker.id, stored.journal ?? emptyJournal({ id: marker.id, ...known }), stored.version);',
    put: '',
    test: 'unit/executor/claim',
    title: '[U] executor: stray markers so a claim that was still on its way can never land',
  },
  {
    broken: 'a change runs although its journal is another than the plan saw',
    file: 'executor/claim.js',
    find: 'if (stored.version !== change.bindings.journalVersion)',
    put: 'if (false)',
    test: 'unit/executor/claim',
    title: '[U] executor: claiming a change begins nothing where the journal is another than the plan saw',
  },
  {
    broken: 'locks that were taken are kept where the next one cannot be had',
    file: 'executor/locks.js',
    find: "if ('lockedBy' in taken) {\n                await releaseLocks(world, { locks });",
    put: "if ('lockedBy' in taken) {",
    test: 'unit/executor/locks',
    title:
      '[U] executor: locks on workloads are taken all or none: the first is free again where the second is in live hands',
  },
  {
    broken: 'failed attempts are forgotten when a change turns back',
    file: 'executor/log.js',
    find: 'return goesBack(openOf(turned)) ? turned : { ...turned, held: null };',
    put: 'return { ...turned, held: null };',
    test: 'unit/executor/way-back',
    title: '[X] an attempt that failed is held for 1 h, doubling to 24 h with every further one, since the first',
  },
  {
    broken: 'material is made anew when a person turns a change forward',
    file: 'executor/next.js',
    find: "(record.turn === open.turn || step.verb === 'stage')",
    put: 'record.turn === open.turn',
    test: 'unit/executor/way-back',
    title:
      '[X] a way back that was killed is turned forward by a person in a turn of its own, with the same staged material',
  },
  {
    broken: 'the pivot does not settle the change in its own write, so it can still be turned back',
    file: 'executor/log.js',
    find: "const pivots = step.pivot === true && closing.state === 'done'",
    put: "const pivots = step.pivot === false && closing.state === 'done'",
    test: 'unit/executor/next',
    title:
      '[U] executor: the journal of a change settles with the write that closes the pivot, and never turns back after it',
  },
  {
    broken: 'the marker is removed before the journal is closed',
    file: 'executor/tidy.js',
    find: 'await writer.update(finish);\n    await kv.deleteMetadata(world.paths.marker(id, open.rotation));',
    put: 'await kv.deleteMetadata(world.paths.marker(id, open.rotation));\n    await writer.update(finish);',
    test: 'unit/executor/history',
    title: '[X] tidying destroys pending, labels, writes history, closes the journal and removes the marker last',
  },
  {
    broken: 'an effect starts although the login ends first',
    file: 'executor/perform.js',
    find: 'if (left === undefined || left > callDeadline)',
    put: 'if (left !== null)',
    test: 'unit/executor/stop',
    title: '[X] a login that is about to end starts no effect that it may not outlast, and does not turn back for it',
  },
  {
    broken: 'changes start although the failure budget is spent',
    file: 'executor/run.js',
    find: 'if (failures > world.limits.failureBudget)',
    put: 'if (failures < 0)',
    test: 'unit/executor/run',
    title:
      '[U] executor: running the changes of a plan starts nothing new once more changes failed than the failure budget',
  },
  {
    broken: 'a share of exactly maxShare is refused',
    file: 'planner/limits.js',
    find: 'count / secrets <= maxShare',
    put: 'count / secrets < maxShare',
    test: 'unit/planner/limits',
    title: '[U] planner: limits let a share of exactly maxShare pass',
  },
  {
    broken: 'a freeze ends a day early',
    file: 'schedule/freeze.js',
    find: '(last + 1) * DAY',
    put: 'last * DAY',
    test: 'unit/schedule/freeze',
    title: '[U] freezes hold from the first midnight of their zone to the midnight after the last day',
  },
  {
    broken: 'work starts in a window that closes before it ends',
    file: 'schedule/window.js',
    find: 'return open && closes - at >= needed;',
    put: 'return open;',
    test: 'unit/schedule/window',
    title: '[U] windows have room for work that ends by the time they close, to the millisecond',
  },
  {
    broken: 'two policies may have one id',
    file: 'policy/rules/identity.js',
    find: "...claimedTwice(claims, 'KT1201',",
    put: "...claimedTwice([], 'KT1201',",
    test: 'unit/policy/rules',
    title: '[U] the rules of policies tell of one id twice',
  },
  {
    broken: 'an edited plan file is taken for the approved one',
    file: 'planner/approval.js',
    find: 'if (digestOf(approved, sha256) !== approved.digest)',
    put: 'if (false)',
    test: 'unit/planner/approval',
    title: '[U] planner: an approved plan as a whole is refused when it was edited',
  },
];
