import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { ChallengeId } from '../../ids.ts';
import { signedReference } from '../signed-reference.ts';

/** The ways by which codes reach phones: texts of a company, or its telephone calls. */
export const SmsProviderName = z.enum(['twilio', 'vonage', 'infobip', 'twilio_voice']);
export type SmsProviderName = z.infer<typeof SmsProviderName>;

export const reportSmsDelivery = defineCall({
  name: 'reportSmsDelivery',
  method: 'POST',
  path: '/auth/webhooks/{provider}',
  summary: 'A delivery report of an SMS provider, signed by it',
  tag: 'auth',
  access: 'public',
  params: z.strictObject({ provider: SmsProviderName }),
  query: signedReference(ChallengeId),
  answers: { 204: undefined },
  refuses: ['UNAUTHORIZED'],
  rate: 'webhook',
  raw: true,
});
