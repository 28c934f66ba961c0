import { createWithdrawal, listPayoutMethods } from '#shared/contracts/payments/payouts.ts';
import { refundTransaction } from '#shared/contracts/payments/refunds.ts';
import { type Route, handle } from '#shared/http/call.ts';
import { pageOf } from '#shared/http/paging.ts';
import type { PaymentsService } from '../service.ts';

/** The calls by which money leaves through a gateway. */
export function payoutRoutes(payments: PaymentsService): Route[] {
  return [
    handle(createWithdrawal, async ({ caller, params, body, facts }) => ({
      status: 201,
      body: await payments.requestWithdrawal(
        caller,
        {
          walletId: params.id,
          amount: body.amount,
          destination: body.destination,
          description: body.description,
        },
        { key: facts.idempotency, stepUpToken: facts.headers['step-up'] },
      ),
    })),

    handle(listPayoutMethods, async ({ caller, query }) => {
      const { page: methods, next_cursor } = pageOf(payments.listPayoutMethods(caller), query);
      return { status: 200, body: { methods, next_cursor } };
    }),

    handle(refundTransaction, async ({ caller, params, body, facts }) => ({
      status: 201,
      body: await payments.refundTransaction(
        caller,
        { transactionId: params.id, amount: body.amount },
        facts.idempotency,
      ),
    })),
  ];
}
