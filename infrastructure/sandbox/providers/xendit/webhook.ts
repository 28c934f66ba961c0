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

/** The webhook that tells of a charge as it is, or as the claims would have it: with the token, and unsigned. */
export function paymentWebhook(receiver: Receiver, charge: Charge, details: XenditDetails, claims: Claims): Webhook {
  const claimed: Charge = { ...charge, money: claims.money ?? charge.money, status: claims.status ?? charge.status };
  const id = claims.id ?? randomUUID();
  const data = paymentObject(claimed, details);
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
        event: KINDS[claimed.status],
        business_id: 'sandbox',
        created: (claims.signedAt ?? at).toISOString(),
        data,
      }),
    }),
  };
}
