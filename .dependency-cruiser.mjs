// Which folder may import which: the arrows of docs/architecture.md, as rules. Every layer names what it may reach; the rest is refused.

const CORE = 'domain';
/** The packages that ship, each with its one importing folder below. */
const BUNDLED = [
  'yaml',
  'ajv',
  'ajv-formats',
  'cron-parser',
  'node-vault',
  'undici',
  '@kubernetes/client-node',
  'simple-git',
];
const MIDDLE = ['formats', 'rotators', 'observer', 'executor', 'adapters', 'views', 'policy', 'planner'];

/** May import nothing of src but what is named. */
const only = (from, to, comment) => ({
  name: `${from}-imports-only-${to.join('-') || 'nothing'}`,
  comment,
  severity: 'error',
  from: { path: `^src/${from}/` },
  to: { path: '^src/', pathNot: `^src/(${[from, ...to].join('|')})/` },
});

/** One npm package, one importing folder. */
const importer = (pkg, folder) => ({
  name: `${pkg.replace(/[^a-z0-9]+/g, '-')}-only-in-${folder.replace(/\//g, '-')}`,
  comment: `${pkg} has one importing folder, so that replacing it means changing one place`,
  severity: 'error',
  from: { path: '^src/', pathNot: `^src/${folder}/` },
  to: { path: `^node_modules/${pkg}/` },
});

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', comment: 'a cycle has no direction', from: {}, to: { circular: true } },
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment: 'the nouns and laws depend on nothing, not even node:',
      from: { path: '^src/domain/' },
      to: { pathNot: '^src/domain/' },
    },
    {
      name: 'pure-layers-have-no-node',
      severity: 'error',
      comment: 'these decide; whatever touches the outside arrives as a parameter',
      from: { path: '^src/(schedule|policy|planner|rotators|executor|observer|views)/' },
      to: { dependencyTypes: ['core'] },
    },
    only('schedule', [CORE], 'due dates are pure'),
    only('policy', [CORE, 'schedule'], 'text to policies'),
    only('planner', [CORE, 'schedule'], 'desired and observed to plan'),
    ...['formats', 'rotators', 'observer', 'executor', 'adapters', 'views'].map((folder) =>
      only(folder, [CORE], 'middle layers do not know each other'),
    ),
    only('sandbox', [CORE], 'the embedded world knows the real one by its protocols alone'),
    only('app', [CORE, 'schedule', ...MIDDLE], 'wiring'),
    only('commands', [CORE, 'schedule', ...MIDDLE, 'app', 'sandbox'], 'arguments -> app -> view -> exit code'),
    {
      name: 'adapters-do-not-know-each-other',
      severity: 'error',
      comment: 'http and system are shared ground; everything else stands alone',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/adapters/', pathNot: '^src/adapters/($1|http|system)/' },
    },
    {
      name: 'adapters-only-from-app',
      severity: 'error',
      comment: 'the only code that talks to the outside is wired in one place',
      from: { path: '^src/', pathNot: '^src/(app|adapters)/|^src/main\\.ts$' },
      to: { path: '^src/adapters/' },
    },
    {
      name: 'sandbox-only-from-its-command',
      severity: 'error',
      comment: 'loaded lazily by `keyturn sandbox`, by the demo and by tests',
      from: { path: '^src/', pathNot: '^src/(sandbox/|commands/sandbox)' },
      to: { path: '^src/sandbox/' },
    },
    {
      name: 'nobody-imports-main',
      severity: 'error',
      comment: 'main is the top',
      from: { path: '^(src|test|demo)/' },
      to: { path: '^src/main\\.ts$' },
    },
    {
      name: 'src-never-imports-test',
      severity: 'error',
      comment: 'what ships knows no tests',
      from: { path: '^src/' },
      to: { path: '^(test|demo|bench|scripts)/' },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'a module that nobody reaches is dead',
      from: { orphan: true, path: '^src/', pathNot: '^src/(main\\.ts|sandbox/consumer/)' },
      to: {},
    },
    {
      name: 'only-named-packages-in-src',
      severity: 'error',
      comment: 'these are bundled into what ships; every other package is for development alone',
      from: { path: '^src/' },
      to: { path: '^node_modules/', pathNot: `^node_modules/(${BUNDLED.join('|')}|@types/[^/]+)/` },
    },
    importer('yaml', 'policy'),
    importer('ajv', 'formats'),
    importer('ajv-formats', 'formats'),
    importer('cron-parser', 'schedule'),
    importer('node-vault', 'adapters/vault'),
    importer('undici', 'adapters/http'),
    importer('@kubernetes/client-node', 'adapters/kubernetes'),
    importer('simple-git', 'adapters/git'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
