import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Whom Kubernetes says that a service account token belongs to. */
export interface ReviewedAccount {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export type ReviewToken = (token: string) => ReviewedAccount | undefined;

/** The one endpoint of a Kubernetes API server that Vault's Kubernetes auth method asks: TokenReview. */
export async function startTokenReview(
  review: ReviewToken,
): Promise<{ readonly address: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const asked = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
        spec: { token: string; audiences?: string[] };
      };
      response.writeHead(201, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ ...asked, status: statusOf(review(asked.spec.token), asked.spec.audiences ?? ['vault']) }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function statusOf(account: ReviewedAccount | undefined, audiences: readonly string[]): object {
  if (account === undefined) return { authenticated: false, error: 'token not known' };
  const username = `system:serviceaccount:${account.namespace}:${account.name}`;
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`, 'system:authenticated'];
  return { authenticated: true, audiences, user: { username, uid: account.uid, groups } };
}
