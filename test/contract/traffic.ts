/*
 * What the contract suites have seen of each server, as method, path with its variable parts named, and status. A suite fails when it sends
 * more or less than its list, and test/e2e/traffic.test.ts when the command line sends what no list holds: so everything that keyturn
 * relies on is held against a real server.
 */

/** Every request that keyturn's KV adapter sends, with every status that it knows how to read. */
export const KV_TRAFFIC: readonly string[] = [
  'DELETE :mount/metadata/:path 204',
  'GET :mount/config 200',
  'GET :mount/config 403',
  'GET :mount/config 404',
  'GET :mount/data/:path 200',
  'GET :mount/data/:path 403',
  'GET :mount/data/:path 404',
  'GET :mount/metadata/:path 200',
  'GET :mount/metadata/:path 403',
  'GET :mount/metadata/:path 404',
  'GET :mount/metadata/:path 503',
  'GET :mount/metadata/:path/?list 200',
  'GET :mount/metadata/:path/?list 404',
  'GET :mount/subkeys/:path 200',
  'GET :mount/subkeys/:path 404',
  'GET auth/token/lookup-self 200',
  'GET auth/token/lookup-self 403',
  'GET auth/token/lookup-self 503',
  'GET sys/health 200',
  'GET sys/health 503',
  'GET sys/internal/ui/mounts/:path 200',
  'GET sys/internal/ui/mounts/:path 403',
  'PATCH :mount/data/:path 200',
  'PATCH :mount/data/:path 400',
  'PATCH :mount/data/:path 403',
  'PATCH :mount/data/:path 404',
  'PATCH :mount/metadata/:path 204',
  'PATCH :mount/metadata/:path 404',
  'POST :mount/data/:path 200',
  'POST :mount/data/:path 400',
  'POST :mount/data/:path 403',
  'POST :mount/data/:path 503',
  'POST :mount/destroy/:path 204',
  'POST sys/capabilities-self 200',
];

/** Every request that keyturn sends to get, keep and end an identity, with every status that it knows how to read. */
export const LOGIN_TRAFFIC: readonly string[] = [
  'GET auth/token/lookup-self 200',
  'GET auth/token/lookup-self 403',
  'POST auth/:mount/login 200',
  'POST auth/:mount/login 400',
  'POST auth/:mount/login 403',
  'POST auth/token/renew-self 200',
  'POST auth/token/revoke-self 204',
];

/** Requests about copies. */
export const SECRET_TRAFFIC: readonly string[] = [
  'GET /api/v1/namespaces/:namespace/secrets/:name 200',
  'GET /api/v1/namespaces/:namespace/secrets/:name 401',
  'GET /api/v1/namespaces/:namespace/secrets/:name 403',
  'GET /api/v1/namespaces/:namespace/secrets/:name 404',
  'PATCH /api/v1/namespaces/:namespace/secrets/:name 200',
  'PATCH /api/v1/namespaces/:namespace/secrets/:name 403',
  'PATCH /api/v1/namespaces/:namespace/secrets/:name 404',
  'PATCH /api/v1/namespaces/:namespace/secrets/:name 409',
  'PATCH /api/v1/namespaces/:namespace/secrets/:name 422',
  'POST /api/v1/namespaces/:namespace/secrets 201',
  'POST /api/v1/namespaces/:namespace/secrets 401',
  'POST /api/v1/namespaces/:namespace/secrets 403',
  'POST /api/v1/namespaces/:namespace/secrets 404',
  'POST /api/v1/namespaces/:namespace/secrets 409',
  'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews 201',
];

/** Requests about consumers. */
export const WORKLOAD_TRAFFIC: readonly string[] = [
  'GET /api/v1/namespaces/:namespace/pods 200',
  'GET /api/v1/namespaces/:namespace/pods 403',
  'GET /apis/apps/v1/namespaces/:namespace/daemonsets/:name 200',
  'GET /apis/apps/v1/namespaces/:namespace/daemonsets/:name 404',
  'GET /apis/apps/v1/namespaces/:namespace/deployments/:name 200',
  'GET /apis/apps/v1/namespaces/:namespace/deployments/:name 404',
  'GET /apis/apps/v1/namespaces/:namespace/replicasets 200',
  'GET /apis/apps/v1/namespaces/:namespace/statefulsets/:name 200',
  'GET /apis/apps/v1/namespaces/:namespace/statefulsets/:name 404',
  'PATCH /apis/apps/v1/namespaces/:namespace/daemonsets/:name 200',
  'PATCH /apis/apps/v1/namespaces/:namespace/daemonsets/:name 404',
  'PATCH /apis/apps/v1/namespaces/:namespace/daemonsets/:name 409',
  'PATCH /apis/apps/v1/namespaces/:namespace/deployments/:name 200',
  'PATCH /apis/apps/v1/namespaces/:namespace/deployments/:name 403',
  'PATCH /apis/apps/v1/namespaces/:namespace/deployments/:name 404',
  'PATCH /apis/apps/v1/namespaces/:namespace/deployments/:name 409',
  'PATCH /apis/apps/v1/namespaces/:namespace/statefulsets/:name 200',
  'PATCH /apis/apps/v1/namespaces/:namespace/statefulsets/:name 404',
  'PATCH /apis/apps/v1/namespaces/:namespace/statefulsets/:name 409',
  'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews 201',
];
