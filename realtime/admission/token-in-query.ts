import type { IncomingMessage } from 'node:http';

/** Query parameters that would put a token into the logs of proxies and servers (ASVS 14.2.1). */
const SECRET_PARAMETERS = ['token', 'access_token', 'auth'];

/**
 * Whether a client has put a token where everyone on the way can read it. It is refused for that even if the token is
 * good, once there is a socket to tell it why.
 */
export function hasTokenInQuery({ url = '/' }: Pick<IncomingMessage, 'url'>): boolean {
  const { searchParams } = new URL(url, 'http://node');
  return SECRET_PARAMETERS.some((name) => searchParams.has(name));
}
