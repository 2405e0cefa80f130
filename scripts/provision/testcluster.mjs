// The Kubernetes control plane in one binary (test/support/testcluster), built from source with the Go that is here.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCES = fileURLToPath(new URL('../../test/support/testcluster/', import.meta.url));

/** cert-manager's resources that the built-in loops serve; the ACME ones belong to an issuer that is not built in. */
const RESOURCES = ['certificaterequests', 'certificates', 'clusterissuers', 'issuers'];

// GOTOOLCHAIN=local: a build never fetches another Go. GOFLAGS is emptied because flags set on one machine would give
// another binary under the same key.
const GO_ENV = { GOTOOLCHAIN: 'local', CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' };

const kubernetes = moduleVersion('k8s.io/kubernetes');
const go = spawnSync('go', ['version'], { encoding: 'utf8', cwd: SOURCES, env: { ...process.env, ...GO_ENV } });
const goVersion = go.status === 0 ? go.stdout.trim() : undefined;

const [major, minor] = kubernetes.slice(1).split('.');
const STAMPED = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((path) => [
  `-X ${path}.gitVersion=${kubernetes}`,
  `-X ${path}.gitMajor=${major}`,
  `-X ${path}.gitMinor=${minor}`,
  `-X ${path}.gitTreeState=clean`,
]);
const BUILD = ['build', '-p', '2', '-trimpath', '-buildvcs=false', `-ldflags=-s -w ${STAMPED.join(' ')}`];

export const testcluster = {
  name: 'testcluster',
  version: kubernetes.slice(1),
  key: hashOfInputs(),
  files: {
    binary: 'testcluster',
    ...Object.fromEntries(RESOURCES.map((each) => [each, join('crds', `${each}.yaml`)])),
  },
  expect: '7 to 20 minutes with an empty build cache',
  problem: () => (goVersion === undefined ? 'Go is needed to build it, and "go version" does not run' : undefined),
  build,
};

/**
 * A cold build leaves 3 GB of build cache, so it gets one of its own that is deleted with the scratch folder.
 * KEYTURN_GOCACHE names an existing one to use and to keep instead.
 */
async function build({ folder, scratch, run, env }) {
  const own = join(scratch, 'gocache');
  const goEnv = { ...GO_ENV, GOCACHE: env.KEYTURN_GOCACHE || own };
  const options = { cwd: SOURCES, env: goEnv };
  await run('go', [...BUILD, '-o', join(folder, 'testcluster'), '.'], { ...options, minutes: 45 });
  const certManager = await run('go', ['list', '-m', '-f', '{{.Dir}}', 'github.com/cert-manager/cert-manager'], {
    ...options,
    minutes: 2,
  });
  await mkdir(join(folder, 'crds'));
  for (const each of RESOURCES) {
    const source = join(certManager.trim(), 'deploy', 'crds', `cert-manager.io_${each}.yaml`);
    await copyFile(source, join(folder, 'crds', `${each}.yaml`));
  }
  await rm(own, { recursive: true, force: true });
}

/** The version that go.mod requires of a module; throws where it requires none. */
function moduleVersion(module) {
  const goMod = readFileSync(join(SOURCES, 'go.mod'), 'utf8');
  const line = goMod.split('\n').find((each) => each.trim().startsWith(`${module} v`));
  if (line === undefined) throw new Error(`${SOURCES}go.mod does not require ${module}`);
  return line.trim().split(' ')[1];
}

function hashOfInputs() {
  const hash = createHash('sha256');
  for (const name of readdirSync(SOURCES).toSorted()) {
    if (/\.go$|^go\.(mod|sum)$/.test(name)) hash.update(`${name}\n`).update(readFileSync(join(SOURCES, name)));
  }
  hash.update(JSON.stringify([BUILD, RESOURCES, goVersion, process.arch]));
  return hash.digest('hex').slice(0, 12);
}
