import type { ServerCertificate } from './certificates.js';

/** The files that the parts of a cluster share. */
export interface ClusterFiles {
  readonly folder: string;
  readonly tokensFile: string;
  readonly certificate: ServerCertificate;
  readonly signing: { readonly privateFile: string; readonly publicFile: string };
}

/** The loops that the tests rely on. Nothing here needs a node, a cloud or a certificate authority of the cluster. */
const CONTROLLERS = [
  'deployment-controller',
  'replicaset-controller',
  'statefulset-controller',
  'daemonset-controller',
  'job-controller',
  'serviceaccount-controller',
  'serviceaccount-token-controller',
  'namespace-controller',
  'garbage-collector-controller',
  'root-ca-certificate-publisher-controller',
];

/** etcd on loopback. The data is thrown away, so nothing waits for the disk; alone, it elects itself at once. */
export function etcdArgs(dataFolder: string, clientPort: number, peerPort: number): readonly string[] {
  const client = `http://127.0.0.1:${clientPort}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  return [
    '--name=test',
    `--data-dir=${dataFolder}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=test=${peer}`,
    '--unsafe-no-fsync',
    '--heartbeat-interval=10',
    '--election-timeout=100',
    '--log-level=warn',
  ];
}

/**
 * The API server, with RBAC as in production. TaintNodesByCondition is off because it taints every new Node until a
 * node controller, which is not here, finds it ready.
 */
export function apiServerArgs(etcdPort: number, securePort: number, files: ClusterFiles): readonly string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    `--secure-port=${securePort}`,
    `--cert-dir=${files.folder}`,
    `--tls-cert-file=${files.certificate.certFile}`,
    `--tls-private-key-file=${files.certificate.keyFile}`,
    `--client-ca-file=${files.certificate.caFile}`,
    `--token-auth-file=${files.tokensFile}`,
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.96.0.0/24',
    '--disable-admission-plugins=TaintNodesByCondition',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${files.signing.publicFile}`,
    `--service-account-signing-key-file=${files.signing.privateFile}`,
  ];
}

/** The controller manager; alone, so without leader election, and without a port of its own. */
export function controllerManagerArgs(kubeconfig: string, files: ClusterFiles): readonly string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    '--leader-elect=false',
    '--secure-port=0',
    `--cert-dir=${files.folder}`,
    `--service-account-private-key-file=${files.signing.privateFile}`,
    `--root-ca-file=${files.certificate.caFile}`,
    `--controllers=${CONTROLLERS.join(',')}`,
  ];
}
