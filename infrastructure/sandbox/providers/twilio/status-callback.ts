import { createHmac } from 'node:crypto';
import { DELIVERED_AFTER_MS } from '../sms.ts';
import type { Webhook } from '../../frame/webhooks.ts';
import type { TwilioAccount } from './messages.ts';

/** Twilio tries a status callback once more when the connection fails, and then forgets it. */
const TRIES_MAX = 2;

type Told = {
  /** Whose faults may keep it back. */
  readonly provider: 'twilio' | 'twilio_voice';
  readonly fields: Readonly<Record<string, string>>;
};

/** Tells StatusCallback what became of a message or a call. */
export function statusCallback({ accountSid, authToken }: TwilioAccount, url: string, told: Told): Webhook {
  return {
    provider: told.provider,
    kind: 'delivery_report',
    url,
    triesMax: TRIES_MAX,
    afterMs: DELIVERED_AFTER_MS,
    compose: () => {
      const fields = { AccountSid: accountSid, ApiVersion: '2010-04-01', ...told.fields };
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
