import express from 'express';
import { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import type { World } from '../../frame/world.ts';
import { parsed } from '../../problem.ts';
import type { Provider } from '../provider.ts';
import { MAIL_EVENT_TYPES, type MailEvents } from './events.ts';

/** As many webhooks as one call sends, all at once. */
const TIMES_MAX = 100;

const EventBody = z.strictObject({
  type: z.enum(MAIL_EVENT_TYPES),
  bounce_type: z.enum(['Permanent', 'Transient', 'Undetermined']).optional(),
  /** SNS's id of the message. The same id `times` over is the same message repeated. */
  id: z.string().min(1).max(100).optional(),
  timestamp: z.iso.datetime({ offset: true }).optional(),
  signature: z.enum(['good', 'bad']).default('good'),
  times: z.int().min(1).max(TIMES_MAX).default(1),
});
const SubscriptionBody = z.strictObject({ signature: z.enum(['good', 'bad']).default('good') });

/**
 * What SES and SNS serve over HTTP: the key that signs, and the address that confirms a subscription. Mail comes in by
 * SMTP, where its accounts fail by their own names.
 */
export function makeSes(events: MailEvents): Provider {
  let confirmations = 0;
  const routes = express.Router();
  routes.get(`/${events.certificate.name}`, (_request, response) => {
    response.type('application/x-pem-file').send(events.certificate.pem);
  });
  routes.get('/confirm', (_request, response) => {
    confirmations += 1;
    response.type('text/xml').send('<ConfirmSubscriptionResponse/>');
  });
  routes.get('/confirmations', (_request, response) => {
    response.json({ confirmations });
  });
  return {
    name: 'ses',
    faultTargets: ['ses', 'mail_primary', 'mail_secondary'],
    routes,
  };
}

/**
 * POST /sandbox/mails/{reference}/events: a report about the mail that the product sent under this id; one try each,
 * past all faults. POST /sandbox/mails/subscription: the topic asks to be confirmed.
 */
export function mailRoutes({ webhooks }: World, events: MailEvents): express.Router {
  const routes = express.Router();
  routes.post('/mails/subscription', (request, response, next) => {
    const { signature } = parsed(SubscriptionBody, request.body ?? {});
    webhooks.sendNow(events.subscription(signature)).then((status) => response.json({ answers: [status] }), next);
  });
  routes.post('/mails/:reference/events', (request, response, next) => {
    const { bounce_type: bounceType, id: messageId, times, ...said } = parsed(EventBody, request.body ?? {});
    const webhook = events.reportOf(request.params.reference, { ...said, bounceType, messageId });
    if (webhook === undefined) throw new AppError('NOT_FOUND');
    const sent = Array.from({ length: times }, () => webhooks.sendNow(webhook));
    Promise.all(sent).then((answers) => response.json({ answers }), next);
  });
  return routes;
}
