import { timingSafeEqual } from 'node:crypto';
import express from 'express';
import { endpoint } from '../../frame/endpoint.ts';
import type { World } from '../../frame/world.ts';
import type { Provider } from '../provider.ts';
import { internalError, notFound, unauthorized } from './errors.ts';
import { type InfobipAccount, logOf, makeSentMessages, sendMessages } from './messages.ts';

/** Infobip's SMS API, version 3, as far as we use it: sending a text, its delivery report, and the logs. */
export function makeInfobip(world: World, { apiKey }: InfobipAccount): Provider {
  const routes = express.Router();
  const sent = makeSentMessages();
  const wanted = Buffer.from(`App ${apiKey}`);
  routes.use((request, response, next) => {
    const given = Buffer.from(request.headers.authorization ?? '');
    if (given.length === wanted.length && timingSafeEqual(given, wanted)) next();
    else response.status(unauthorized.status).json(unauthorized.body);
  });
  routes.use(express.json({ limit: '100kb' }));
  routes.post(
    '/sms/3/messages',
    endpoint(world.faults, 'infobip', {
      serve: (request) => sendMessages(world, sent, request),
      broken: () => internalError,
    }),
  );
  routes.get('/sms/3/logs', (request, response) => {
    const { status, body } = logOf(sent, request);
    response.status(status).json(body);
  });
  routes.use((_request, response) => {
    response.status(notFound.status).json(notFound.body);
  });
  return { name: 'infobip', routes };
}
