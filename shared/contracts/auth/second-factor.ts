import { z } from 'zod';
import { defineCall } from '../../http/call.ts';

const common = { tag: 'auth', access: ['ops', 'auditor'], scope: 'second-factor' } as const;

const Code = z.string().regex(/^\d{6}$/, 'must be six digits');
/** Letters and digits in groups, as they were told. */
const GivenCode = z
  .string()
  .max(80)
  .regex(/^[A-Za-z2-7 -]+$/, 'must be letters and digits as they were given');

/** An access token of the same session that is good for all that the role may do; the refresh token stays. */
const Opened = z.object({
  access_token: z.string(),
  /** Seconds that it lives. */
  expires_in: z.number().int(),
});

export const readSecondFactor = defineCall({
  ...common,
  name: 'readSecondFactor',
  method: 'GET',
  path: '/auth/second-factor',
  summary: 'Whether the caller has a second factor, and whether this session has shown it',
  answers: {
    200: z.object({ enrolled: z.boolean(), shown: z.boolean(), recovery_codes_left: z.number().int() }),
  },
  rate: 'read',
});

export const enrolSecondFactor = defineCall({
  ...common,
  name: 'enrolSecondFactor',
  method: 'POST',
  path: '/auth/second-factor/enrol',
  summary: 'A new secret for the authenticator of the caller; it counts once its first code was confirmed',
  body: z.strictObject({
    /** What was handed over with the role; not asked for where the role came without one, as in development. */
    enrolment_code: GivenCode.optional(),
  }),
  answers: {
    200: z.object({
      /** Base32, for typing. */
      secret: z.string(),
      /** For a QR code: `otpauth://totp/…`. */
      otpauth_uri: z.string(),
      /** Seconds that it waits for its first code. */
      expires_in: z.number().int(),
    }),
  },
  refuses: ['SECOND_FACTOR_INVALID', 'SECOND_FACTOR_REQUIRED'],
  rate: 'write',
});

export const confirmSecondFactor = defineCall({
  ...common,
  name: 'confirmSecondFactor',
  method: 'POST',
  path: '/auth/second-factor/confirm',
  summary: 'The first code of a new secret; answers the recovery codes, once',
  body: z.strictObject({ code: Code }),
  answers: { 200: Opened.extend({ recovery_codes: z.array(z.string()) }) },
  refuses: ['SECOND_FACTOR_INVALID', 'SECOND_FACTOR_LOCKED'],
  rate: 'write',
});

export const verifySecondFactor = defineCall({
  ...common,
  name: 'verifySecondFactor',
  method: 'POST',
  path: '/auth/second-factor/verify',
  summary: 'Shows the second factor: opens this session to all that the role may do',
  body: z.strictObject({ code: Code }),
  answers: { 200: Opened },
  refuses: ['SECOND_FACTOR_INVALID', 'SECOND_FACTOR_LOCKED'],
  rate: 'write',
});

export const recoverSecondFactor = defineCall({
  ...common,
  name: 'recoverSecondFactor',
  method: 'POST',
  path: '/auth/second-factor/recover',
  summary: 'The same with a recovery code, each good once, where the authenticator is lost',
  body: z.strictObject({ recovery_code: GivenCode }),
  answers: { 200: Opened },
  refuses: ['SECOND_FACTOR_INVALID', 'SECOND_FACTOR_LOCKED'],
  rate: 'write',
});
