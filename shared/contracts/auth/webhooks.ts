import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { ChallengeId } from '../../ids.ts';

/** The companies that carry our text messages. */
export const SmsProviderName = z.enum(['twilio', 'vonage']);
export type SmsProviderName = z.infer<typeof SmsProviderName>;

export const reportSmsDelivery = defineCall({
  name: 'reportSmsDelivery',
  method: 'POST',
  path: '/auth/webhooks/{provider}',
  summary: 'A delivery report of an SMS provider, signed by it',
  tag: 'auth',
  access: 'public',
  params: z.strictObject({ provider: SmsProviderName }),
  query: z.strictObject({ ref: ChallengeId.optional() }),
  answers: { 204: undefined },
  refuses: ['UNAUTHORIZED'],
  rate: 'webhook',
  raw: true,
});
