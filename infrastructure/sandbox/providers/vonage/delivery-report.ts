import { createHash, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { DELIVERED_AFTER_MS } from '../sms.ts';
import type { Webhook } from '../../frame/webhooks.ts';
import type { VonageAccount } from './messages.ts';

/** Vonage goes on for 24 hours; a test does not. */
const TRIES_MAX = 12;

type Message = {
  readonly messageUuid: string;
  readonly to: string;
  readonly from: string;
  readonly clientRef: string | undefined;
  readonly deliveredAt: Date;
};

/** Tells `webhook_url` that a message has reached the telephone, signed by a JWT that holds the hash of the body. */
export function deliveryReport({ apiKey, apiSecret }: VonageAccount, url: string, message: Message): Webhook {
  const body = JSON.stringify({
    message_uuid: message.messageUuid,
    to: message.to,
    from: message.from,
    timestamp: message.deliveredAt.toISOString(),
    status: 'delivered',
    channel: 'sms',
    client_ref: message.clientRef,
  });
  return {
    provider: 'vonage',
    kind: 'delivery_report',
    url,
    triesMax: TRIES_MAX,
    afterMs: DELIVERED_AFTER_MS,
    compose: async (at) => {
      const payload_hash = createHash('sha256').update(body).digest('hex');
      const token = await new SignJWT({ api_key: apiKey, payload_hash })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuer('Vonage')
        .setIssuedAt(at)
        .setJti(randomUUID())
        .sign(new TextEncoder().encode(apiSecret));
      return { headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body };
    },
  };
}
