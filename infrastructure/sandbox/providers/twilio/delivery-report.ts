import { createHmac } from 'node:crypto';
import { DELIVERED_AFTER_MS } from '../sms.ts';
import type { Webhook } from '../../frame/webhooks.ts';
import type { TwilioAccount } from './messages.ts';

/** Twilio tries a status callback once more when the connection fails, and then forgets it. */
const TRIES_MAX = 2;

/** Tells StatusCallback that a message has reached the telephone. */
export function deliveryReport(
  { accountSid, authToken }: TwilioAccount,
  url: string,
  message: { readonly sid: string; readonly to: string; readonly from: string },
): Webhook {
  return {
    provider: 'twilio',
    kind: 'delivery_report',
    url,
    triesMax: TRIES_MAX,
    afterMs: DELIVERED_AFTER_MS,
    compose: () => {
      const fields = {
        AccountSid: accountSid,
        ApiVersion: '2010-04-01',
        From: message.from,
        MessageSid: message.sid,
        MessageStatus: 'delivered',
        SmsSid: message.sid,
        SmsStatus: 'delivered',
        To: message.to,
      };
      return {
        headers: {
          'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
          'x-twilio-signature': twilioSignature(authToken, url, fields),
        },
        body: new URLSearchParams(fields).toString(),
      };
    },
  };
}

/** Base64 of HMAC-SHA1 over the URL as it was given, then each field's name and value by order of name. */
export function twilioSignature(authToken: string, url: string, fields: Readonly<Record<string, string>>): string {
  const signed = Object.keys(fields)
    .sort()
    .reduce((text, name) => text + name + fields[name], url);
  return createHmac('sha1', authToken).update(signed).digest('base64');
}
