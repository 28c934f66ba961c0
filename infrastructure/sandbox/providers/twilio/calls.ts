import { randomBytes } from 'node:crypto';
import type { Request } from 'express';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { z } from 'zod';
import type { Answer } from '../../frame/endpoint.ts';
import type { World } from '../../frame/world.ts';
import { localeOf } from '../sms.ts';
import { twilioError } from './errors.ts';
import type { TwilioAccount } from './messages.ts';
import { statusCallback } from './status-callback.ts';

/** Absent and empty are the same to Twilio. Of the ways to say what a call does we know `Twiml`. */
const Call = z.object({
  To: z.string().default(''),
  From: z.string().default(''),
  Twiml: z.string().default(''),
  StatusCallback: z.union([z.literal(''), z.url({ protocol: /^https?$/ })]).default(''),
});

/**
 * POST /2010-04-01/Accounts/{Sid}/Calls.json: everyone picks up at once, hears what is said, and finds it in the inbox
 * in writing.
 */
export function placeCall(world: World, account: TwilioAccount, request: Request): Answer {
  const parsed = Call.safeParse(request.body ?? {});
  if (!parsed.success) return twilioError(21609);
  const { To, From, Twiml, StatusCallback } = parsed.data;
  if (To === '') return twilioError(21201);
  if (From === '') return twilioError(21213);
  if (Twiml === '') return twilioError(21205);
  const to = To.startsWith('+') ? parsePhoneNumberFromString(To) : undefined;
  if (to === undefined || !to.isPossible()) return twilioError(21211);

  const sid = `CA${randomBytes(16).toString('hex')}`;
  const text = Twiml.replaceAll(/<[^>]*>/g, '');
  const locale = localeOf(request);
  world.inbox.deliver({ channel: 'voice', provider: 'twilio_voice', to: to.number, text, locale });
  if (StatusCallback !== '') {
    const fields = { CallSid: sid, CallStatus: 'completed', CallDuration: '12', From, To: to.number };
    world.webhooks.send(statusCallback(account, StatusCallback, { provider: 'twilio_voice', fields }));
  }
  const { accountSid } = account;
  return {
    status: 201,
    body: {
      account_sid: accountSid,
      api_version: '2010-04-01',
      direction: 'outbound-api',
      from: From,
      sid,
      status: 'queued',
      to: to.number,
      uri: `/2010-04-01/Accounts/${accountSid}/Calls/${sid}.json`,
    },
  };
}
