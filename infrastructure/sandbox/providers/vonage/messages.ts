import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import { z } from 'zod';
import type { Answer } from '../../frame/endpoint.ts';
import type { World } from '../../frame/world.ts';
import { localeOf } from '../sms.ts';
import { deliveryReport } from './delivery-report.ts';
import { vonageError } from './errors.ts';

export type VonageAccount = { readonly apiKey: string; readonly apiSecret: string };

/** E.164 without the plus, as Vonage writes numbers; it forgives the plus. */
const PhoneDigits = z.string().regex(/^\+?[1-9]\d{6,14}$/, 'must be an E.164 number');

const Send = z.object({
  message_type: z.literal('text'),
  channel: z.literal('sms'),
  to: PhoneDigits,
  from: z.string().min(1),
  text: z.string().min(1).max(1000),
  client_ref: z.string().max(100).optional(),
  webhook_url: z.url({ protocol: /^https?$/ }).optional(),
  webhook_version: z.enum(['v0.1', 'v1']).optional(),
});

/** POST /v1/messages */
export function sendMessage(world: World, account: VonageAccount, request: Request): Answer {
  const parsed = Send.safeParse(request.body);
  if (!parsed.success) {
    const fault = parsed.error.issues[0];
    const reason = `${fault?.path.join('.')} ${fault?.message}`;
    return vonageError(422, 'unprocessable-entity', 'Your request body did not pass validation.', reason);
  }
  const { to, from, text, client_ref, webhook_url } = parsed.data;
  const digits = to.replace('+', '');
  const messageUuid = randomUUID();
  world.inbox.deliver({ channel: 'sms', provider: 'vonage', to: `+${digits}`, text, locale: localeOf(request) });
  if (webhook_url !== undefined) {
    const message = { messageUuid, to: digits, from, clientRef: client_ref, deliveredAt: world.clock() };
    world.webhooks.send(deliveryReport(account, webhook_url, message));
  }
  return { status: 202, body: { message_uuid: messageUuid } };
}
