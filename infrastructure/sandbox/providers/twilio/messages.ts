import { randomBytes } from 'node:crypto';
import type { Request } from 'express';
import { type PhoneNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { z } from 'zod';
import { BoundedMap } from '../../frame/bounded-map.ts';
import type { Answer } from '../../frame/endpoint.ts';
import type { World } from '../../frame/world.ts';
import { localeOf } from '../sms.ts';
import { statusCallback } from './status-callback.ts';
import { twilioError } from './errors.ts';

export type TwilioAccount = { readonly accountSid: string; readonly authToken: string };

const BODY_LENGTH_MAX = 1600;

/** Twilio ignores parameters that it does not know, so this is no strict object. Absent and empty are the same to it. */
const Send = z.object({
  To: z.string().default(''),
  From: z.string().default(''),
  MessagingServiceSid: z.string().default(''),
  Body: z.string().default(''),
  StatusCallback: z.union([z.literal(''), z.url({ protocol: /^https?$/ })]).default(''),
});

/** What was sent to each number lately, the newest first. */
export type SentTexts = BoundedMap<string, readonly object[]>;

/** Numbers that are remembered. */
const NUMBERS_MAX = 50_000;
/** Of one number. */
const REMEMBERED_MAX = 20;

export function makeSentTexts(): SentTexts {
  return new BoundedMap(NUMBERS_MAX);
}

/** GET /2010-04-01/Accounts/{Sid}/Messages.json?To=…: the messages to a number, the newest first. */
export function listMessages(sent: SentTexts, request: Request): Answer {
  const { To } = z.object({ To: z.string() }).parse(request.query);
  const messages = sent.get(To) ?? [];
  return { status: 200, body: { messages, page: 0, page_size: REMEMBERED_MAX, next_page_uri: null } };
}

/** POST /2010-04-01/Accounts/{Sid}/Messages.json */
export function sendMessage(world: World, account: TwilioAccount, sent: SentTexts, request: Request): Answer {
  const parsed = Send.safeParse(request.body ?? {});
  if (!parsed.success) return twilioError(21609);
  const { To, From, MessagingServiceSid, Body, StatusCallback } = parsed.data;
  if (To === '') return twilioError(21604);
  if (From === '' && MessagingServiceSid === '') return twilioError(21603);
  if (Body === '') return twilioError(21602);
  if (Body.length > BODY_LENGTH_MAX) return twilioError(21617);
  const to = To.startsWith('+') ? parsePhoneNumberFromString(To) : undefined;
  if (to === undefined || !to.isPossible()) return twilioError(21211);
  if (isLandline(to)) return twilioError(21614);
  if (world.optedOut.get(to.number) === true) return twilioError(21610);

  const sid = `SM${randomBytes(16).toString('hex')}`;
  world.inbox.deliver({ channel: 'sms', provider: 'twilio', to: to.number, text: Body, locale: localeOf(request) });
  if (StatusCallback !== '') {
    const report = { MessageSid: sid, MessageStatus: 'delivered', SmsSid: sid, SmsStatus: 'delivered' };
    world.webhooks.send(
      statusCallback(account, StatusCallback, { provider: 'twilio', fields: { ...report, From, To: to.number } }),
    );
  }
  const body = messageResource(world, account, { sid, to: to.number, Body, From, MessagingServiceSid });
  sent.set(to.number, [body, ...(sent.get(to.number) ?? [])].slice(0, REMEMBERED_MAX));
  return { status: 201, body };
}

function isLandline(number: PhoneNumber): boolean {
  return number.getType() === 'FIXED_LINE';
}

type Sent = {
  readonly sid: string;
  readonly to: string;
  readonly Body: string;
  readonly From: string;
  readonly MessagingServiceSid: string;
};

function messageResource(world: World, { accountSid }: TwilioAccount, sent: Sent): object {
  const now = world.clock().toUTCString();
  return {
    account_sid: accountSid,
    api_version: '2010-04-01',
    body: sent.Body,
    date_created: now,
    date_sent: null,
    date_updated: now,
    direction: 'outbound-api',
    error_code: null,
    error_message: null,
    from: sent.From === '' ? null : sent.From,
    messaging_service_sid: sent.MessagingServiceSid === '' ? null : sent.MessagingServiceSid,
    num_media: '0',
    num_segments: '1',
    price: null,
    price_unit: 'USD',
    sid: sent.sid,
    status: 'queued',
    to: sent.to,
    uri: `/2010-04-01/Accounts/${accountSid}/Messages/${sent.sid}.json`,
  };
}
