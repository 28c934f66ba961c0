import { timingSafeEqual } from 'node:crypto';
import express from 'express';
import { endpoint } from '../../frame/endpoint.ts';
import type { World } from '../../frame/world.ts';
import type { Provider } from '../provider.ts';
import { makeStripeBalance } from './balance.ts';
import { makeStripeCharges } from './charges.ts';
import { internalError, notFound, wrongKey } from './errors.ts';
import { makeStripeRefunds } from './refunds.ts';

export type StripeAccount = {
  readonly secretKey: string;
  /** The webhook endpoint's own. */
  readonly webhookSecret: string;
};

/** Stripe, as far as we use it: intents, checkout sessions, the lists of them, refunds, the payer's page, and the webhooks. */
export function makeStripe(world: World, account: StripeAccount, webhookUrl: string): Provider {
  const receiver = { url: webhookUrl, webhookSecret: account.webhookSecret };
  const charges = makeStripeCharges(world, receiver);
  const refunds = makeStripeRefunds(world, receiver, charges.byIntent);
  const serve = (call: Omit<Parameters<typeof endpoint>[2], 'broken'>) =>
    endpoint(world.faults, 'stripe', { ...call, broken: () => internalError });
  const wanted = Buffer.from(`Bearer ${account.secretKey}`);

  const routes = express.Router();
  routes.get('/pay/:id', (request, response, next) => {
    const page = charges.page(request);
    if (page === undefined) next();
    else response.type('html').send(page);
  });
  routes.use((request, response, next) => {
    const given = Buffer.from(request.headers.authorization ?? '');
    if (given.length === wanted.length && timingSafeEqual(given, wanted)) next();
    else response.status(wrongKey.status).json(wrongKey.body);
  });
  routes.use(express.urlencoded({ extended: true, limit: '100kb', parameterLimit: 200 }));
  routes.post('/v1/payment_intents', serve({ noticed: charges.noticed, serve: charges.createIntent }));
  routes.get('/v1/balance_transactions', serve({ serve: makeStripeBalance(world).list }));
  routes.get('/v1/payment_intents', serve({ serve: charges.list('intent') }));
  routes.get('/v1/payment_intents/:id', serve({ serve: charges.retrieve('intent') }));
  routes.post('/v1/payment_intents/:id/cancel', serve({ serve: charges.close('intent') }));
  routes.post('/v1/checkout/sessions', serve({ noticed: charges.noticed, serve: charges.createSession }));
  routes.get('/v1/checkout/sessions', serve({ serve: charges.list('session') }));
  routes.get('/v1/checkout/sessions/:id', serve({ serve: charges.retrieve('session') }));
  routes.post('/v1/checkout/sessions/:id/expire', serve({ serve: charges.close('session') }));
  routes.post('/v1/refunds', serve({ noticed: refunds.noticed, serve: refunds.create }));
  routes.get('/v1/refunds', serve({ serve: refunds.list }));
  routes.get('/v1/refunds/:id', serve({ serve: refunds.retrieve }));
  routes.use((_request, response) => {
    const { status, body } = notFound('path');
    response.status(status).json(body);
  });
  return { name: 'stripe', routes };
}
