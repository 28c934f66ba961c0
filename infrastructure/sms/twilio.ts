import { z } from 'zod';
import type { DeliveryReport, Found, Handed, ProviderRequest, Sms, SmsProvider } from '#services/auth/ports.ts';
import { AppError } from '#shared/errors.ts';
import { ask, basic, handOver } from './ask.ts';
import { referenceIn } from './report-parts.ts';
import { LOCALE_HEADER, SENDER } from './sender.ts';
import { signedFields } from './twilio-signature.ts';

export type TwilioOptions = {
  readonly baseUrl: string;
  readonly accountSid: string;
  readonly authToken: string;
  /** Where delivery reports come in, as Twilio knows it: the signature covers it. */
  readonly reportUrl: string;
};

const Sid = z.string().min(1).max(64);
const Created = z.object({ sid: Sid });
const Refused = z.object({ code: z.number() });
const Listed = z.object({ messages: z.array(z.object({ sid: Sid, body: z.string() })) });
const Report = z.object({ MessageSid: Sid, MessageStatus: z.string() });

/** Texts to one number in a day are few; of those that are, the newest are listed first. */
const LISTED_MAX = 20;

/** Whoever has the number has answered STOP. */
const OPTED_OUT = 21610;
/** Not a number, not reachable by text, has opted out (twilio.com/docs/api/errors). */
const MESSAGE_AT_FAULT = new Set([21211, 21214, 21217, OPTED_OUT, 21612, 21614]);

/** Every other status is a step on the way. */
const FINAL: Readonly<Record<string, DeliveryReport['status']>> = {
  delivered: 'delivered',
  undelivered: 'failed',
  failed: 'failed',
};

/**
 * Twilio's Programmable Messaging. Our reference travels in the query of StatusCallback, since a report may come in
 * before the message's id is known here. Messages cannot be looked up by it: they are by number, and told by their text.
 */
export function makeTwilio({ baseUrl, accountSid, authToken, reportUrl }: TwilioOptions): SmsProvider {
  const messages = `${baseUrl}/2010-04-01/Accounts/${accountSid}/Messages.json`;
  const authorization = basic(accountSid, authToken);

  async function send({ to, text, locale, reference }: Sms): Promise<Handed> {
    const form = { To: to, From: SENDER, Body: text, StatusCallback: `${reportUrl}?ref=${reference}` };
    const outgoing = {
      url: messages,
      headers: { authorization, 'content-type': 'application/x-www-form-urlencoded', [LOCALE_HEADER]: locale },
      body: new URLSearchParams(form).toString(),
    };
    return await handOver(outgoing, {
      answer: Created,
      messageId: ({ sid }) => sid,
      isMessageAtFault: isTwilioMessageAtFault,
      hasOptedOut: (body) => Refused.safeParse(body).data?.code === OPTED_OUT,
    });
  }

  async function find({ to, text }: Sms): Promise<Found> {
    const query = new URLSearchParams({ To: to, PageSize: String(LISTED_MAX) });
    const listed = await ask({ url: `${messages}?${query.toString()}`, headers: { authorization } }, Listed);
    if (listed === undefined) return { outcome: 'unknown' };
    const ours = listed.messages.find(({ body }) => body === text);
    return ours === undefined ? { outcome: 'absent' } : { outcome: 'found', messageId: ours.sid };
  }

  async function readReport(request: ProviderRequest): Promise<DeliveryReport> {
    const report = Report.safeParse(signedFields(request, { authToken, reportUrl }));
    if (!report.success) throw new AppError('VALIDATION_ERROR');
    return {
      reference: referenceIn(request),
      messageId: report.data.MessageSid,
      status: FINAL[report.data.MessageStatus] ?? 'pending',
    };
  }

  return { name: 'twilio', channel: 'sms', send, find, readReport };
}

/** Twilio names what it refuses by a code in the body. */
export function isTwilioMessageAtFault(_status: number, body: unknown): boolean {
  const code = Refused.safeParse(body).data?.code;
  return code !== undefined && MESSAGE_AT_FAULT.has(code);
}
