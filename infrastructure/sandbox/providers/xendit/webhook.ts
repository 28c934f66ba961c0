import { randomBytes, randomUUID } from 'node:crypto';
import type { Charge, Claims } from '../../frame/charges.ts';
import type { Webhook } from '../../frame/webhooks.ts';
import { paymentObject, type XenditDetails } from './wire.ts';

const TRIES_MAX = 6;

export type Receiver = { readonly url: string; readonly callbackToken: string };

const KINDS = {
  pending: 'payment.authorization',
  successful: 'payment.capture',
  failed: 'payment.failure',
  expired: 'payment_request.expiry',
} as const satisfies Record<Charge['status'], string>;

/** The webhook that tells of a charge as it is, or as the claims would have it. */
export function paymentWebhook(receiver: Receiver, charge: Charge, details: XenditDetails, claims: Claims): Webhook {
  return xenditWebhook(receiver, charge, claims, { kinds: KINDS, data: (claimed) => paymentObject(claimed, details) });
}

type Told = {
  readonly kinds: Readonly<Record<Charge['status'], string>>;
  /** Writes what it is about. */
  readonly data: (claimed: Charge) => object;
};

/** The webhook that tells of a payment, a payout or a refund: with the token, and unsigned. */
export function xenditWebhook(
  receiver: Receiver,
  charge: Charge,
  claims: Claims,
  { kinds, data: dataOf }: Told,
): Webhook {
  const claimed: Charge = { ...charge, money: claims.money ?? charge.money, status: claims.status ?? charge.status };
  const id = claims.id ?? randomUUID();
  const data = dataOf(claimed);
  return {
    provider: 'xendit',
    kind: 'payment',
    url: receiver.url,
    triesMax: TRIES_MAX,
    afterMs: 0,
    compose: (at) => ({
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'x-callback-token': claims.signature === 'good' ? receiver.callbackToken : randomBytes(32).toString('hex'),
      },
      body: JSON.stringify({
        event: kinds[claimed.status],
        business_id: 'sandbox',
        created: (claims.signedAt ?? at).toISOString(),
        data,
      }),
    }),
  };
}
