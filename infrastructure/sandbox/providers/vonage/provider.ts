import express from 'express';
import { basicAuth } from '../../frame/basic-auth.ts';
import { endpoint } from '../../frame/endpoint.ts';
import type { World } from '../../frame/world.ts';
import type { Provider } from '../provider.ts';
import { internalError, notFound, unauthorized } from './errors.ts';
import { sendMessage, type VonageAccount } from './messages.ts';

/** Vonage's Messages API, as far as we use it: sending a text and its status webhook. */
export function makeVonage(world: World, account: VonageAccount): Provider {
  const routes = express.Router();
  routes.use(basicAuth(account.apiKey, account.apiSecret, unauthorized));
  routes.use(express.json({ limit: '100kb' }));
  routes.post(
    '/v1/messages',
    endpoint(world.faults, 'vonage', {
      serve: (request) => sendMessage(world, account, request),
      broken: () => internalError,
    }),
  );
  routes.use((_request, response) => {
    response.status(notFound.status).json(notFound.body);
  });
  return { name: 'vonage', routes };
}
