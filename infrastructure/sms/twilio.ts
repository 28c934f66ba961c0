import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { DeliveryReport, ProviderRequest, Sms, SmsProvider } from '#services/auth/ports.ts';
import { AppError } from '#shared/errors.ts';
import { ChallengeId } from '#shared/ids.ts';
import { basic, post } from './post.ts';
import { LOCALE_HEADER, SENDER } from './sender.ts';

export type TwilioOptions = {
  readonly baseUrl: string;
  readonly accountSid: string;
  readonly authToken: string;
  /** Where delivery reports come in, as Twilio knows it: the signature covers it. */
  readonly reportUrl: string;
};

const Created = z.object({ sid: z.string().min(1).max(64) });

const Report = z.object({ MessageSid: z.string().min(1).max(64), MessageStatus: z.string() });

/** Every other status is a step on the way. */
const FINAL: Readonly<Record<string, DeliveryReport['status']>> = {
  delivered: 'delivered',
  undelivered: 'failed',
  failed: 'failed',
};

/**
 * Twilio's Programmable Messaging. Our reference travels in the query of StatusCallback, since a report may come in
 * before the message's id is known here.
 */
export function makeTwilio({ baseUrl, accountSid, authToken, reportUrl }: TwilioOptions): SmsProvider {
  async function send({ to, text, locale, reference }: Sms): Promise<{ messageId: string }> {
    const form = { To: to, From: SENDER, Body: text, StatusCallback: `${reportUrl}?ref=${reference}` };
    const request = {
      provider: 'twilio',
      url: `${baseUrl}/2010-04-01/Accounts/${accountSid}/Messages.json`,
      headers: {
        authorization: basic(accountSid, authToken),
        'content-type': 'application/x-www-form-urlencoded',
        [LOCALE_HEADER]: locale,
      },
      body: new URLSearchParams(form).toString(),
    };
    const { sid } = await post(request, Created);
    return { messageId: sid };
  }

  async function readReport({ headers, query, body }: ProviderRequest): Promise<DeliveryReport> {
    const fields = [...new URLSearchParams(Buffer.from(body).toString('utf8'))];
    const signature = Buffer.from(headers['x-twilio-signature'] ?? '', 'base64');
    const expected = signatureOf(query === '' ? reportUrl : `${reportUrl}?${query}`, fields);
    const isSigned = signature.length === expected.length && timingSafeEqual(signature, expected);
    if (!isSigned) throw new AppError('UNAUTHORIZED', { message: 'The signature does not fit' });
    const report = Report.safeParse(Object.fromEntries(fields));
    if (!report.success) throw new AppError('VALIDATION_ERROR');
    const reference = ChallengeId.safeParse(new URLSearchParams(query).get('ref'));
    return {
      reference: reference.data,
      messageId: report.data.MessageSid,
      status: FINAL[report.data.MessageStatus] ?? 'pending',
    };
  }

  /** HMAC-SHA1 over the URL and each field's name and value, by order of name. */
  function signatureOf(url: string, fields: readonly (readonly [string, string])[]): Buffer {
    const sorted = fields.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return createHmac('sha1', authToken)
      .update(url + sorted.flat().join(''))
      .digest();
  }

  return { name: 'twilio', send, readReport };
}
