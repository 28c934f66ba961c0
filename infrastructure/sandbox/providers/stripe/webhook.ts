import { createHmac, randomBytes } from 'node:crypto';
import type { Charge, Claims } from '../../frame/charges.ts';
import type { Webhook } from '../../frame/webhooks.ts';
import { seconds, type StripeDetails, stripeObject } from './wire.ts';

const TRIES_MAX = 12;

export type Receiver = { readonly url: string; readonly webhookSecret: string };

const KINDS = {
  intent: {
    pending: 'payment_intent.requires_action',
    successful: 'payment_intent.succeeded',
    failed: 'payment_intent.payment_failed',
    expired: 'payment_intent.canceled',
  },
  session: {
    pending: 'checkout.session.completed',
    successful: 'checkout.session.completed',
    failed: 'checkout.session.async_payment_failed',
    expired: 'checkout.session.expired',
  },
} as const;

/** The event that tells of a charge as it is, or as the claims would have it. */
export function stripeEvent(receiver: Receiver, charge: Charge, details: StripeDetails, claims: Claims): Webhook {
  return signedEvent(receiver, charge, claims, (claimed) => ({
    type: KINDS[details.kind][claimed.status],
    object: stripeObject(claimed, details),
  }));
}

/** A signed event about something, as it is or as the claims would have it. The same event id at every try. */
export function signedEvent(
  receiver: Receiver,
  charge: Charge,
  claims: Claims,
  say: (claimed: Charge) => { readonly type: string; readonly object: object },
): Webhook {
  const claimed: Charge = { ...charge, money: claims.money ?? charge.money, status: claims.status ?? charge.status };
  const id = claims.id ?? `evt_${randomBytes(12).toString('hex')}`;
  const { type, object } = say(claimed);
  return {
    provider: 'stripe',
    kind: 'payment',
    url: receiver.url,
    triesMax: TRIES_MAX,
    afterMs: 0,
    compose: (at) => {
      const body = JSON.stringify({
        id,
        object: 'event',
        created: seconds(charge.endedAt ?? at),
        livemode: false,
        pending_webhooks: 1,
        type,
        data: { object },
      });
      const timestamp = seconds(claims.signedAt ?? at);
      const secret = claims.signature === 'good' ? receiver.webhookSecret : randomBytes(32);
      const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
      return {
        headers: { 'content-type': 'application/json', 'stripe-signature': `t=${timestamp},v1=${signature}` },
        body,
      };
    },
  };
}
