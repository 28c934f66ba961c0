import express from 'express';
import { basicAuth } from '../../frame/basic-auth.ts';
import { endpoint } from '../../frame/endpoint.ts';
import type { World } from '../../frame/world.ts';
import type { Provider } from '../provider.ts';
import { makeXenditCharges } from './charges.ts';
import { notFound, serverError, wrongKey } from './errors.ts';
import { makeXenditPayouts } from './payouts.ts';
import { makeXenditTransactions } from './transactions.ts';

export type XenditAccount = { readonly secretKey: string; readonly callbackToken: string };

/** Xendit, as far as we use it: payment requests, payouts, refunds, the list of transactions, the payer's page, and the webhooks. */
export function makeXendit(world: World, account: XenditAccount, webhookUrl: string): Provider {
  const receiver = { url: webhookUrl, callbackToken: account.callbackToken };
  const charges = makeXenditCharges(world, receiver);
  const payouts = makeXenditPayouts(world, receiver);
  const transactions = makeXenditTransactions(world);
  const serve = (call: Omit<Parameters<typeof endpoint>[2], 'broken'>) =>
    endpoint(world.faults, 'xendit', { ...call, broken: () => serverError });

  const routes = express.Router();
  routes.get('/pay/:id', (request, response, next) => {
    const page = charges.page(request);
    if (page === undefined) next();
    else response.type('html').send(page);
  });
  routes.use(basicAuth(account.secretKey, '', wrongKey));
  routes.use(express.json({ limit: '100kb' }));
  routes.post('/v3/payment_requests', serve({ noticed: charges.noticed, serve: charges.create }));
  routes.get('/v3/payment_requests/:id', serve({ serve: charges.retrieve }));
  routes.post('/v3/payment_requests/:id/cancel', serve({ serve: charges.cancel }));
  routes.post('/v2/payouts', serve({ noticed: charges.noticed, serve: payouts.createPayout }));
  routes.get('/v2/payouts', serve({ serve: payouts.listPayouts }));
  routes.get('/v2/payouts/:id', serve({ serve: payouts.retrievePayout }));
  routes.post('/refunds', serve({ noticed: charges.noticed, serve: payouts.createRefund }));
  routes.get('/refunds', serve({ serve: payouts.listRefunds }));
  routes.get('/refunds/:id', serve({ serve: payouts.retrieveRefund }));
  // One payment's, by our reference, or all that moved.
  routes.get(
    '/transactions',
    serve({
      serve: (request) =>
        request.query['reference_id'] === undefined ? transactions.list(request) : charges.transactions(request),
    }),
  );
  routes.use((_request, response) => {
    const { status, body } = notFound('the requested path');
    response.status(status).json(body);
  });
  return { name: 'xendit', routes };
}
