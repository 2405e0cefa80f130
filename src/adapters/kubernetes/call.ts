/** What a fault says about the call that failed. */
export interface Call {
  /** `Kubernetes https://10.0.0.1:6443`. */
  readonly server: string;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Could it change anything? Reviews of access are POSTs that cannot. */
  readonly write: boolean;
}
