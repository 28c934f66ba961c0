import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { Country } from '../../regions.ts';
import { LanguageTag } from '../language-tag.ts';
import { line } from '../text.ts';
import { Pin } from './pin.ts';
import { User } from './user.ts';

/** As people write it: national, with or without separators, or E.164 with or without its plus. */
export const PhoneNumber = z
  .string()
  .trim()
  .regex(/^\+?[\d\s().-]{6,24}$/, 'must be a phone number, national or with its country code');

export const Platform = z.enum(['web', 'mobile_ios', 'mobile_android']);
export type Platform = z.infer<typeof Platform>;

export const TokenPair = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  /** Seconds that the access token lives. */
  expires_in: z.number().int(),
});

export const sendOtp = defineCall({
  name: 'sendOtp',
  method: 'POST',
  path: '/auth/otp/send',
  summary: 'Sends a one-time code by SMS; the answer is the same whether or not the number has an account',
  tag: 'auth',
  access: 'public',
  body: z.strictObject({
    phone_number: PhoneNumber,
    country_code: Country,
    locale: LanguageTag.default('en'),
  }),
  answers: {
    200: z.object({
      message: z.string(),
      /** Seconds that the code lives. */
      expires_in: z.number().int(),
      /** Seconds before another code may be asked for. */
      retry_after: z.number().int(),
    }),
  },
  rate: 'otp',
});

export const verifyOtp = defineCall({
  name: 'verifyOtp',
  method: 'POST',
  path: '/auth/otp/verify',
  summary: 'Logs in with a one-time code; a number that has no account gets one',
  tag: 'auth',
  access: 'public',
  body: z.strictObject({
    phone_number: PhoneNumber,
    country_code: Country,
    otp_code: z.string().regex(/^\d{6}$/, 'must be six digits'),
    device_info: z
      .strictObject({
        device_id: line(1, 128),
        platform: Platform,
        app_version: line(1, 32),
      })
      .partial()
      .optional(),
    /** Opens an account that nobody has used for long; looked at after `ACCOUNT_IDLE` only. */
    pin: Pin.optional(),
    /** Leaves such an account to its owner and opens a new one; looked at after `ACCOUNT_IDLE` only. */
    start_anew: z.literal(true).optional(),
  }),
  answers: { 200: TokenPair.extend({ user: User }) },
  refuses: ['UNAUTHORIZED', 'ACCOUNT_IDLE', 'PIN_INVALID', 'PIN_LOCKED'],
  rate: 'otp',
});
