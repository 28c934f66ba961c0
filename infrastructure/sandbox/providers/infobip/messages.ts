import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import { z } from 'zod';
import { BoundedMap } from '../../frame/bounded-map.ts';
import type { Answer } from '../../frame/endpoint.ts';
import type { World } from '../../frame/world.ts';
import { localeOf } from '../sms.ts';
import { deliveryReport } from './delivery-report.ts';
import { infobipError } from './errors.ts';

export type InfobipAccount = { readonly apiKey: string };

/** E.164 without the plus, as Infobip writes numbers. */
const PhoneDigits = z.string().regex(/^[1-9]\d{6,14}$/, 'must be a number in international format');

const Message = z.object({
  sender: z.string().min(1),
  destinations: z.array(z.object({ to: PhoneDigits, messageId: z.string().max(200).optional() })).min(1),
  content: z.object({ text: z.string().min(1) }),
  webhooks: z
    .object({
      delivery: z.object({ url: z.url({ protocol: /^https?$/ }) }).optional(),
      contentType: z.literal('application/json').optional(),
    })
    .optional(),
});
const Send = z.object({ messages: z.array(Message).min(1) });

const PENDING = {
  groupId: 1,
  groupName: 'PENDING',
  id: 26,
  name: 'PENDING_ACCEPTED',
  description: 'Message accepted, pending for delivery.',
};

/** What was sent, by the id of the message, for the logs. */
export type SentMessages = BoundedMap<string, object>;

/** Messages that are remembered: Infobip's logs hold two days. */
const LOGGED_MAX = 100_000;

export function makeSentMessages(): SentMessages {
  return new BoundedMap(LOGGED_MAX);
}

/** POST /sms/3/messages */
export function sendMessages(world: World, sent: SentMessages, request: Request): Answer {
  const parsed = Send.safeParse(request.body);
  if (!parsed.success) {
    const fault = parsed.error.issues[0];
    return infobipError(400, 'E400', `${fault?.path.join('.')} ${fault?.message}`);
  }
  const bulkId = randomUUID();
  const taken = parsed.data.messages.flatMap(({ sender, destinations, content, webhooks }) =>
    destinations.map(({ to, messageId = randomUUID() }) => {
      const locale = localeOf(request);
      world.inbox.deliver({ channel: 'sms', provider: 'infobip', to: `+${to}`, text: content.text, locale });
      const sentAt = world.clock();
      sent.set(messageId, {
        bulkId,
        messageId,
        sender,
        destination: to,
        sentAt: sentAt.toISOString(),
        status: PENDING,
      });
      const url = webhooks?.delivery?.url;
      if (url !== undefined) world.webhooks.send(deliveryReport(url, { bulkId, messageId, to, sentAt }));
      return { messageId, status: PENDING, destination: to, details: { messageCount: 1 } };
    }),
  );
  return { status: 200, body: { bulkId, messages: taken } };
}

/** GET /sms/3/logs?messageId=… */
export function logOf(sent: SentMessages, request: Request): Answer {
  const query = z.object({ messageId: z.string() }).safeParse(request.query);
  if (!query.success) return infobipError(400, 'E400', 'messageId is required here');
  const found = sent.get(query.data.messageId);
  return { status: 200, body: { results: found === undefined ? [] : [found] } };
}
