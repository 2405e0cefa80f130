/** One sentence of the saga broken in the compiled project; the seeded simulation has to find an interleaving in which a promise is not kept. */
export interface Variant {
  /** What is broken, as a sentence. */
  readonly broken: string;
  /** Below the compiled project. Where a precondition is dropped, the world stops asking for it: that is the same to whoever sends it. */
  readonly file: string;
  /** Stands in it exactly once. */
  readonly find: string;
  readonly put: string;
}

const SECRET = 'if (this.secret?.resourceVersion !== resourceVersion)';
const CAS = 'if (stored.current !== cas)';

/**
 * Not here, because another defence catches what each of them lets pass, so that no interleaving shows it: waiting for the lease, the
 * lost lease that is remembered by the writer, the fence of a stray marker, the rotation id beside pending material, the fresh template
 * value. Each has a test of its own among the planted faults. What needs an object at a provider is not here either: no kind makes one.
 */
export const VARIANTS: readonly Variant[] = [
  {
    broken: 'the live path is written without cas',
    file: 'test/support/memory-kv.js',
    find: CAS,
    put: "if (stored.current !== cas && !path.startsWith('secret/'))",
  },
  {
    broken: 'pending is written without cas',
    file: 'test/support/memory-kv.js',
    find: CAS,
    put: "if (stored.current !== cas && !path.includes('/pending/'))",
  },
  {
    broken: 'the journal is written without cas',
    file: 'test/support/memory-kv.js',
    find: CAS,
    put: "if (stored.current !== cas && !path.includes('/journal/'))",
  },
  {
    broken: 'the Secret is written without its resourceVersion',
    file: 'test/support/memory-world.js',
    find: SECRET,
    put: 'if (this.secret === null)',
  },
  {
    broken: 'the workload is written without its resourceVersion',
    file: 'test/support/memory-world.js',
    find: 'if (String(this.version) !== resourceVersion)',
    put: 'if (false)',
  },
  {
    broken: 'the whole live path is written, not the own field only',
    file: 'src/rotators/steps/promote.js',
    find: 'return await kv.patch(path, { [field]: value }, cas);',
    put: 'return await kv.write(path, { [field]: value }, cas);',
  },
  {
    broken: 'a stage of unknown outcome is not fenced by a tombstone',
    file: 'src/rotators/steps/stage.js',
    find: "await ports.kv.write(pendingPath, { rotation: 'none' }, numberIn(record.intent, 'cas'));",
    put: '',
  },
  {
    broken: 'an unknown outcome is taken for none',
    file: 'src/executor/perform.js',
    find: "if (fault.effect === 'unknown')\n        return { came: 'again', fault };",
    put: '',
  },
  {
    broken: 'a change runs although its journal is another than the plan saw',
    file: 'src/executor/claim.js',
    find: 'if (stored.version !== change.bindings.journalVersion)',
    put: 'if (false)',
  },
  {
    broken: 'a change is claimed without a marker before it',
    file: 'src/executor/claim.js',
    find: 'await ports.kv.write(paths.marker(id, rotation), { run: world.run }, 0);',
    put: '',
  },
  {
    broken: 'the marker is removed before the journal is closed',
    file: 'src/executor/tidy.js',
    find: 'await writer.update(finish);\n    await kv.deleteMetadata(world.paths.marker(id, open.rotation));',
    put: 'await kv.deleteMetadata(world.paths.marker(id, open.rotation));\n    await writer.update(finish);',
  },
  {
    broken: 'pending is not destroyed',
    file: 'src/executor/tidy.js',
    find: 'await destroyPending(hold, open);\n',
    put: '',
  },
  {
    broken: 'a finished rotation has no history',
    file: 'src/executor/tidy.js',
    find: 'await writeHistory(hold, open);\n',
    put: '',
  },
  {
    broken: 'the label is left as it was',
    file: 'src/executor/tidy.js',
    find: 'await writeLabel(hold, open, writer.journal());\n',
    put: '',
  },
  {
    broken: 'the way back does not restart',
    file: 'src/rotators/kv-value/decide.js',
    find: 'return [...unpublish, unpromote, ...back, ...testOld(policy, seen)];',
    put: 'return [...unpublish, unpromote];',
  },
  {
    broken: 'the way back restarts before the old value is back',
    file: 'src/rotators/kv-value/decide.js',
    find: 'return [...unpublish, unpromote, ...back, ...testOld(policy, seen)];',
    put: 'return [...back, ...unpublish, unpromote, ...testOld(policy, seen)];',
  },
  {
    broken: 'the way back leaves the copy as it is',
    file: 'src/rotators/kv-value/decide.js',
    find: 'return [...unpublish, unpromote, ...back, ...testOld(policy, seen)];',
    put: 'return [unpromote, ...back, ...testOld(policy, seen)];',
  },
];
