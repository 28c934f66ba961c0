import { Stripe } from 'stripe';
import { SECOND } from '#shared/time.ts';

export type StripeOptions = {
  /** `https://api.stripe.com`, without a slash at the end; a path in it goes before Stripe's own. */
  readonly baseUrl: string;
  readonly secretKey: string;
};

const TIMEOUT_MS = 10 * SECOND;

/** Stripe's official client. It never repeats a call by itself: whether to ask again is decided where the charge is known. */
export function openStripe({ baseUrl, secretKey }: StripeOptions): Stripe {
  const { hostname, port, protocol, origin, pathname } = new URL(baseUrl);
  const prefix = origin + pathname.replace(/\/$/, '');
  /** The client knows no base path, so that it is put in here. */
  const placed: typeof fetch = (input, init) => {
    const { pathname: path, search } = new URL(input instanceof Request ? input.url : input);
    return fetch(`${prefix}${path}${search}`, { ...init, redirect: 'error' });
  };
  return new Stripe(secretKey, {
    host: hostname,
    port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
    protocol: protocol === 'https:' ? 'https' : 'http',
    httpClient: Stripe.createFetchHttpClient(placed),
    maxNetworkRetries: 0,
    timeout: TIMEOUT_MS,
    telemetry: false,
  });
}
