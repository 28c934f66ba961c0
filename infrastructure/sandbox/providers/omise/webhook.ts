import { createHmac, randomBytes } from 'node:crypto';
import type { Charge, Claims } from '../../frame/charges.ts';
import type { Webhook } from '../../frame/webhooks.ts';
import { omiseId } from './ids.ts';
import { chargeObject, type OmiseDetails } from './wire.ts';

const TRIES_MAX = 12;

export type Receiver = {
  readonly url: string;
  /** Base64, as the dashboard shows it. */
  readonly webhookSecret: string;
};

/** The event that tells of a charge as it is, or as the claims would have it. The same event id at every try. */
export function chargeEvent(receiver: Receiver, charge: Charge, details: OmiseDetails, claims: Claims): Webhook {
  return objectEvent(receiver, charge, claims, {
    key: (claims.status ?? charge.status) === 'expired' ? 'charge.expire' : 'charge.complete',
    data: (claimed) => chargeObject(claimed, details),
  });
}

/** The event that tells of a charge, a transfer or a refund, whose object `data` writes. */
export function objectEvent(
  receiver: Receiver,
  charge: Charge,
  claims: Claims,
  { key, data: dataOf }: { readonly key: string; readonly data: (claimed: Charge) => object },
): Webhook {
  const claimed: Charge = { ...charge, money: claims.money ?? charge.money, status: claims.status ?? charge.status };
  const id = claims.id ?? omiseId('evnt');
  const data = dataOf(claimed);
  return {
    provider: 'omise',
    kind: 'payment',
    url: receiver.url,
    triesMax: TRIES_MAX,
    afterMs: 0,
    compose: (at) => {
      const body = JSON.stringify({
        object: 'event',
        id,
        livemode: false,
        location: `/events/${id}`,
        key,
        created_at: (charge.endedAt ?? at).toISOString(),
        webhook_deliveries: [],
        data,
      });
      const timestamp = String(Math.floor((claims.signedAt ?? at).getTime() / 1000));
      const secret = claims.signature === 'good' ? Buffer.from(receiver.webhookSecret, 'base64') : randomBytes(32);
      return {
        headers: {
          'content-type': 'application/json',
          'omise-signature': omiseSignature(secret, timestamp, body),
          'omise-signature-timestamp': timestamp,
        },
        body,
      };
    },
  };
}

/** Hex of HMAC-SHA256 over the time in Unix seconds, a dot, and the body as sent. */
function omiseSignature(secret: Uint8Array, timestamp: string, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
}
