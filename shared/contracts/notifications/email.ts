import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { Timestamp } from '../../wire-time.ts';

/** RFC 5321 section 4.5.3.1.3. */
const CHARACTERS_MAX = 254;

/** A mail address; the domain is folded to lower case. */
export const MailAddress = z
  .string()
  .trim()
  .max(CHARACTERS_MAX)
  .pipe(z.email('must be a mail address'))
  .transform((text) => {
    const at = text.lastIndexOf('@');
    return text.slice(0, at) + text.slice(at).toLowerCase();
  });

export const EmailState = z
  .object({
    /** Where mail goes to; null while none is confirmed. */
    address: z.string().nullable(),
    confirmed_at: Timestamp.nullable(),
    /** Mail does not go there at present: it came back, or was complained about. Name another address, or ask staff. */
    is_suppressed: z.boolean(),
    /** What takes its place once the link in the mail to it was followed. */
    pending: z.object({ address: z.string(), expires_at: Timestamp }).nullable(),
  })
  .meta({ id: 'EmailState' });
export type EmailState = z.input<typeof EmailState>;

export const SetEmail = defineCall({
  name: 'setEmail',
  method: 'POST',
  path: '/notifications/email',
  summary:
    'Say where one reads mail. A link is sent there, and nothing else before it was followed; with Step-Up once one is confirmed',
  tag: 'notifications',
  access: 'user',
  body: z.strictObject({ address: MailAddress }),
  answers: { 202: EmailState },
  refuses: ['RATE_LIMIT_EXCEEDED', 'STEP_UP_REQUIRED'],
  rate: 'write',
});

export const GetEmail = defineCall({
  name: 'getEmail',
  method: 'GET',
  path: '/notifications/email',
  summary: 'Where the caller is written to',
  tag: 'notifications',
  access: 'user',
  answers: { 200: EmailState },
  rate: 'read',
});

export const RemoveEmail = defineCall({
  name: 'removeEmail',
  method: 'DELETE',
  path: '/notifications/email',
  summary: 'Write no more mail, and forget the address; with Step-Up once one is confirmed',
  tag: 'notifications',
  access: 'user',
  answers: { 204: undefined },
  refuses: ['STEP_UP_REQUIRED'],
  rate: 'write',
});

/** What a link in a mail brings back. */
export const LinkToken = z.string().regex(/^[\w.-]{20,300}$/, 'must be a token from a link of ours');

const link = z.strictObject({ token: LinkToken });

export const ShowConfirmEmail = defineCall({
  name: 'showConfirmEmail',
  method: 'GET',
  path: '/notifications/email/confirm',
  summary: 'The page behind the link in a mail: it asks, and changes nothing, since programs follow links as well',
  tag: 'notifications',
  access: 'public',
  query: link,
  answers: { 200: 'bytes' },
  refuses: ['NOT_FOUND'],
  rate: 'read',
});

export const ConfirmEmail = defineCall({
  name: 'confirmEmail',
  method: 'POST',
  path: '/notifications/email/confirm',
  summary: 'Confirm that one reads mail at this address: what the page does. Works once, within a day',
  tag: 'notifications',
  access: 'public',
  query: link,
  raw: true,
  answers: { 200: 'bytes' },
  refuses: ['NOT_FOUND'],
  rate: 'write',
});

export const ShowUnsubscribe = defineCall({
  name: 'showUnsubscribe',
  method: 'GET',
  path: '/notifications/unsubscribe',
  summary: 'The page behind the unsubscribe link of a mail: it asks, and changes nothing',
  tag: 'notifications',
  access: 'public',
  query: link,
  answers: { 200: 'bytes' },
  refuses: ['NOT_FOUND'],
  rate: 'read',
});

export const Unsubscribe = defineCall({
  name: 'unsubscribe',
  method: 'POST',
  path: '/notifications/unsubscribe',
  summary: 'End mails of one channel: what the page does, and mail programs by themselves in one click (RFC 8058)',
  tag: 'notifications',
  access: 'public',
  query: link,
  raw: true,
  answers: { 200: 'bytes' },
  refuses: ['NOT_FOUND'],
  rate: 'write',
});
