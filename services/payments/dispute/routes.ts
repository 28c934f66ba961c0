import {
  answerDispute,
  decideDispute,
  getDispute,
  getOpsDispute,
  listDisputes,
  listOpsDisputes,
  openDispute,
  withdrawDispute,
} from '#shared/contracts/payments/disputes.ts';
import { type Route, handle } from '#shared/http/call.ts';
import type { PaymentsService } from '../service.ts';

/** The calls about disputed payments, bound to the use cases that answer them. */
export function disputeRoutes(payments: PaymentsService): Route[] {
  return [
    handle(openDispute, async ({ caller, body, facts }) => ({
      status: 201,
      body: await payments.openDispute(
        caller,
        { transactionId: body.transaction_id, reason: body.reason, amount: body.amount, text: body.text },
        facts.idempotency,
      ),
    })),

    handle(listDisputes, async ({ caller, query }) => ({
      status: 200,
      body: await payments.listDisputes(caller, query),
    })),

    handle(getDispute, async ({ caller, params }) => ({
      status: 200,
      body: await payments.getDispute(caller, params.id),
    })),

    handle(answerDispute, async ({ caller, params, body }) => ({
      status: 200,
      body: await payments.answerDispute(caller, params.id, { answer: body.answer, text: body.text }),
    })),

    handle(withdrawDispute, async ({ caller, params }) => ({
      status: 200,
      body: await payments.withdrawDispute(caller, params.id),
    })),

    handle(listOpsDisputes, async ({ caller, query }) => ({
      status: 200,
      body: await payments.listOpsDisputes(caller, query),
    })),

    handle(getOpsDispute, async ({ caller, params }) => ({
      status: 200,
      body: await payments.getOpsDispute(caller, params.id),
    })),

    handle(decideDispute, async ({ caller, params, body }) => ({
      status: 200,
      body: await payments.decideDispute(caller, params.id, { outcome: body.outcome, amount: body.amount }),
    })),
  ];
}
