import type { Page } from '../http/app.ts';
import { send } from '../http/exchange.ts';
import { MINUTE, SECOND } from '#shared/time.ts';

/** A new key is published this long and more before it signs, so verifiers that keep the answer know it in time. */
const KEPT_S = (5 * MINUTE) / SECOND;

/** The public keys of access tokens (RFC 7517), for whoever verifies them without asking us. */
export function jwksPage(publicKeys: () => Promise<object>): Page {
  return {
    path: '/.well-known/jwks.json',
    answer: async (exchange) => {
      const headers = {
        'Content-Type': 'application/jwk-set+json',
        'Cache-Control': `public, max-age=${KEPT_S}`,
        'Access-Control-Allow-Origin': '*',
      };
      send(exchange, 200, headers, JSON.stringify(await publicKeys()));
    },
  };
}
