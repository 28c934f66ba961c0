import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { NotificationId } from '../../ids.ts';
import { signedReference } from '../signed-reference.ts';

/** Who reports what became of notifications: providers of texts, and SES of mail. */
export const ReportingProvider = z.enum(['twilio', 'vonage', 'infobip', 'ses']);
export type ReportingProvider = z.infer<typeof ReportingProvider>;

export const ReportDelivery = defineCall({
  name: 'reportNotificationDelivery',
  method: 'POST',
  path: '/notifications/webhooks/{provider}',
  summary: 'A report of a provider about a text or a mail, signed by it',
  tag: 'notifications',
  access: 'public',
  params: z.strictObject({ provider: ReportingProvider }),
  query: signedReference(NotificationId),
  answers: { 204: undefined },
  refuses: ['UNAUTHORIZED'],
  rate: 'webhook',
  raw: true,
});
