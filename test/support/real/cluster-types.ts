import type { Answer } from './request.js';

/** The people that a test cluster knows. Only admin has rights; those of the others are RBAC objects of the tests. */
export type Identity = 'admin' | 'plan' | 'apply';

/** What a call to the API server may say besides method and path. */
export interface ClusterCall {
  readonly token?: string;
  readonly contentType?: string;
}

/** A Kubernetes API server of this test run with its controllers; no node, no Pod runs unless a test brings a kubelet. */
export interface RealCluster {
  readonly address: string;
  readonly caFile: string;
  /** Bearer tokens; the users are keyturn-admin (group system:masters), keyturn-plan and keyturn-apply. */
  readonly tokens: Readonly<Record<Identity, string>>;
  /** One API call: `path` with its leading slash, as admin unless another token is given. */
  request(method: string, path: string, body?: unknown, call?: ClusterCall): Promise<Answer>;
  /** Writes a kubeconfig for one identity, or any other bearer token; its one context is named "keyturn-test". */
  writeKubeconfig(file: string, as?: { readonly token?: string; readonly namespace?: string }): Promise<void>;
  /**
   * Installs cert-manager's resources and runs its control loops until the cluster is closed. Later calls wait for the
   * first, whose options hold: a suite that needs others starts a cluster of its own.
   */
  startCertManager(options?: CertManagerOptions): Promise<void>;
  /** Kills all processes and deletes all data. */
  close(): Promise<void>;
}

/** How a test wants its cert-manager. */
export interface CertManagerOptions {
  /** First wait after a failed issuance, as Go writes durations; cert-manager's own default is an hour. */
  readonly minimumBackoff?: string;
  /** Control loops not to run, such as "certificates-issuing". */
  readonly disable?: readonly string[];
}
