import express from 'express';
import { basicAuth } from '../../frame/basic-auth.ts';
import { endpoint } from '../../frame/endpoint.ts';
import type { World } from '../../frame/world.ts';
import type { Provider } from '../provider.ts';
import { makeOmiseCharges } from './charges.ts';
import { authenticationFailure, internalError, notFound } from './errors.ts';
import { makeOmiseRefunds } from './refunds.ts';
import { makeOmiseTransactions } from './transactions.ts';
import { makeOmiseTransfers } from './transfers.ts';

export type OmiseAccount = {
  readonly secretKey: string;
  /** Base64, as Omise's dashboard shows it. */
  readonly webhookSecret: string;
};

/** Omise, as far as we use it: charges, transfers and refunds, the lists of them, the payer's page, and the webhook. */
export function makeOmise(world: World, account: OmiseAccount, webhookUrl: string): Provider {
  const receiver = { url: webhookUrl, webhookSecret: account.webhookSecret };
  const charges = makeOmiseCharges(world, receiver);
  const transfers = makeOmiseTransfers(world, receiver);
  const refunds = makeOmiseRefunds(world, receiver);
  const transactions = makeOmiseTransactions(world);
  const serve = (call: Omit<Parameters<typeof endpoint>[2], 'broken'>) =>
    endpoint(world.faults, 'omise', { ...call, broken: () => internalError });

  const routes = express.Router();
  routes.get('/pay/:id', (request, response, next) => {
    const page = charges.page(request);
    if (page === undefined) next();
    else response.type('html').send(page);
  });
  routes.use(basicAuth(account.secretKey, '', authenticationFailure));
  routes.use(express.json({ limit: '100kb' }));
  routes.use(express.urlencoded({ extended: true, limit: '100kb', parameterLimit: 100 }));
  routes.post('/charges', serve({ noticed: charges.noticed, serve: charges.create }));
  routes.get('/charges/:id', serve({ serve: charges.retrieve }));
  routes.post('/charges/:id/expire', serve({ serve: charges.expire }));
  routes.get('/charges', serve({ serve: charges.list }));
  routes.post('/charges/:id/refunds', serve({ noticed: refunds.noticed, serve: refunds.create }));
  routes.get('/charges/:id/refunds', serve({ serve: refunds.list }));
  routes.get('/charges/:id/refunds/:refund', serve({ serve: refunds.retrieve }));
  routes.post('/recipients', serve({ serve: transfers.createRecipient }));
  routes.post('/transfers', serve({ noticed: transfers.noticed, serve: transfers.create }));
  routes.get('/transactions', serve({ serve: transactions.list }));
  routes.get(
    '/transfers/:id',
    serve({ serve: (request) => transactions.paidOver(request) ?? transfers.retrieve(request) }),
  );
  routes.get('/transfers', serve({ serve: transfers.list }));
  routes.use((_request, response) => {
    const { status, body } = notFound('the requested path');
    response.status(status).json(body);
  });
  return { name: 'omise', routes };
}
