import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { DeliveryReport, Found, Handed, ProviderRequest, Sms, SmsProvider } from '#services/auth/ports.ts';
import { AppError } from '#shared/errors.ts';
import { ask, handOver } from './ask.ts';
import { jsonOf } from '../webhooks/json-of.ts';
import { referenceIn } from './report-parts.ts';
import { LOCALE_HEADER, SENDER } from './sender.ts';

export type InfobipOptions = {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly reportUrl: string;
};

const MessageId = z.string().min(1).max(100);
const Status = z.object({ groupName: z.string() });
const Taken = z.object({ messages: z.array(z.object({ messageId: MessageId, status: Status })).length(1) });
const Logs = z.object({ results: z.array(z.object({ messageId: MessageId })) });
const Reports = z.object({
  results: z
    .array(z.object({ messageId: MessageId, status: Status }))
    .min(1)
    .max(1),
});

/** Groups of statuses (infobip.com/docs/essentials/response-status-and-error-codes); PENDING is a step on the way. */
const FINAL: Readonly<Record<string, DeliveryReport['status']>> = {
  DELIVERED: 'delivered',
  UNDELIVERABLE: 'failed',
  EXPIRED: 'failed',
  REJECTED: 'failed',
};

const BAD_REQUEST = 400;

/**
 * Infobip's SMS API, version 3, which has routes of its own in the region. The id of a message is ours, so that it can be
 * asked about in the logs, which hold two days.
 *
 * Reports to an address that is given with a message are not signed. So the address is: it holds our reference and an
 * HMAC of it, and nobody but Infobip was given it.
 */
export function makeInfobip({ baseUrl, apiKey, reportUrl }: InfobipOptions): SmsProvider {
  const authorization = `App ${apiKey}`;
  const signatureOf = (reference: string) =>
    createHmac('sha256', apiKey).update(`delivery-report:${reference}`).digest('base64url');

  async function send({ to, text, locale, reference }: Sms): Promise<Handed> {
    const url = `${reportUrl}?ref=${reference}&sig=${signatureOf(reference)}`;
    const message = {
      sender: SENDER,
      destinations: [{ to: to.replace('+', ''), messageId: reference }],
      content: { text },
      webhooks: { delivery: { url }, contentType: 'application/json' },
    };
    const outgoing = {
      url: `${baseUrl}/sms/3/messages`,
      headers: { authorization, 'content-type': 'application/json', [LOCALE_HEADER]: locale },
      body: JSON.stringify({ messages: [message] }),
    };
    const handed = await handOver(outgoing, {
      answer: Taken,
      messageId: ({ messages: [taken] }) => (taken!.status.groupName === 'REJECTED' ? '' : taken!.messageId),
      isMessageAtFault: (status) => status === BAD_REQUEST,
    });
    const isRejected = handed.outcome === 'accepted' && handed.messageId === '';
    return isRejected ? { outcome: 'refused', blame: 'message', reason: 'rejected it' } : handed;
  }

  async function find({ reference }: Sms): Promise<Found> {
    const query = new URLSearchParams({ messageId: reference, limit: '1' });
    const logs = await ask({ url: `${baseUrl}/sms/3/logs?${query.toString()}`, headers: { authorization } }, Logs);
    if (logs === undefined) return { outcome: 'unknown' };
    const ours = logs.results.some(({ messageId }) => messageId === reference);
    return ours ? { outcome: 'found', messageId: reference } : { outcome: 'absent' };
  }

  async function readReport(request: ProviderRequest): Promise<DeliveryReport> {
    const reference = referenceIn(request);
    const given = Buffer.from(new URLSearchParams(request.query).get('sig') ?? '');
    const expected = Buffer.from(signatureOf(reference ?? ''));
    const isSigned = reference !== undefined && given.length === expected.length && timingSafeEqual(given, expected);
    if (!isSigned) throw new AppError('UNAUTHORIZED', { message: 'The signature does not fit' });
    const report = Reports.safeParse(jsonOf(request.body)).data?.results[0];
    if (report?.messageId !== reference) throw new AppError('VALIDATION_ERROR');
    return { reference, messageId: reference, status: FINAL[report.status.groupName] ?? 'pending' };
  }

  return { name: 'infobip', channel: 'sms', send, find, readReport };
}
