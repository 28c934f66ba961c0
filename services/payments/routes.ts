import { decideMoneyAlert, listMoneyAlerts } from '#shared/contracts/payments/alerts.ts';
import {
  createDeposit,
  listPaymentMethods,
  openPaymentPage,
  receiveGatewayWebhook,
} from '#shared/contracts/payments/deposits.ts';
import { getTransaction, listTransactions } from '#shared/contracts/payments/history.ts';
import { getTravelRecord } from '#shared/contracts/payments/travel.ts';
import { createTransfer } from '#shared/contracts/payments/transfers.ts';
import { createWallet, listWallets } from '#shared/contracts/payments/wallets.ts';
import { type Route, handle } from '#shared/http/call.ts';
import { pageOf } from '#shared/http/paging.ts';
import { conversionRoutes } from './conversion/routes.ts';
import { qrRoutes } from './emv-qr/routes.ts';
import { methodBody, methodsIn } from './methods.ts';
import { payoutRoutes } from './payout/routes.ts';
import type { PaymentsService } from './service.ts';
import { moneyRequestRoutes } from './request/routes.ts';
import { reconciliationRoutes } from './reconciliation/routes.ts';
import { disputeRoutes } from './dispute/routes.ts';
import { settlementRoutes } from './settlement/routes.ts';
import { walletRoutes } from './wallet/routes.ts';

/** The calls of payments, bound to the use cases that answer them. */
export function paymentsRoutes(payments: PaymentsService): Route[] {
  return [
    handle(listWallets, async ({ caller, query }) => {
      const { page: wallets, next_cursor } = pageOf(await payments.listWallets(caller), query);
      return { status: 200, body: { wallets, next_cursor } };
    }),

    handle(createWallet, async ({ caller, body, facts }) => ({
      status: 201,
      body: await payments.createWallet(
        caller,
        { currency: body.currency, isPrimary: body.is_primary ?? false },
        facts.idempotency,
      ),
    })),

    handle(createDeposit, async ({ caller, params, body, facts }) => ({
      status: 201,
      body: await payments.requestDeposit(
        caller,
        {
          walletId: params.id,
          amount: body.amount,
          paymentMethod: body.payment_method,
          description: body.description,
        },
        facts.idempotency,
      ),
    })),

    handle(createTransfer, async ({ caller, body, facts }) => ({
      status: 201,
      body: await payments.sendTransfer(
        caller,
        {
          walletId: body.wallet_id,
          recipientId: body.recipient_id,
          money: body.money,
          description: body.description,
          reference: body.reference,
        },
        { key: facts.idempotency, stepUpToken: facts.headers['step-up'] },
      ),
    })),

    handle(listTransactions, async ({ caller, query }) => {
      const { transactions, nextCursor } = await payments.listTransactions(caller, {
        walletId: query.wallet_id,
        type: query.type,
        from: query.from,
        to: query.to,
        cursor: query.cursor,
        limit: query.limit,
      });
      return { status: 200, body: { transactions, next_cursor: nextCursor } };
    }),

    handle(getTransaction, async ({ caller, params }) => ({
      status: 200,
      body: await payments.getTransaction(caller, params.id),
    })),

    handle(openPaymentPage, async ({ params }) => {
      const page = await payments.paymentPage(params.id);
      const unkept = { 'cache-control': 'no-store' };
      if ('location' in page) return { status: 303, body: undefined, headers: { ...page, ...unkept } };
      return { status: 200, body: page.body, headers: { ...page.headers, ...unkept } };
    }),

    handle(listPaymentMethods, async ({ caller, query }) => {
      const { page, next_cursor } = pageOf(methodsIn(caller.country), query);
      return { status: 200, body: { methods: page.map(methodBody), next_cursor } };
    }),

    handle(listMoneyAlerts, async ({ caller, query }) => ({
      status: 200,
      body: await payments.listAlerts(caller, query),
    })),

    handle(getTravelRecord, async ({ caller, params }) => ({
      status: 200,
      body: await payments.readTravelRecord(caller, params.id),
    })),

    handle(decideMoneyAlert, async ({ caller, params, body }) => {
      await payments.decideAlert(caller, params.id, body.decision);
      return { status: 204, body: undefined };
    }),

    handle(receiveGatewayWebhook, async ({ params, body, facts }) => {
      await payments.receiveWebhook({ gateway: params.gateway, headers: facts.headers, body });
      return { status: 200, body: { received: true as const } };
    }),

    ...conversionRoutes(payments),
    ...qrRoutes(payments),
    ...payoutRoutes(payments),
    ...walletRoutes(payments),
    ...settlementRoutes(payments),
    ...disputeRoutes(payments),
    ...reconciliationRoutes(payments),
    ...moneyRequestRoutes(payments),
  ];
}
