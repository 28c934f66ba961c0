import {
  cancelMoneyRequest,
  createMoneyRequest,
  declineMoneyRequest,
  getMoneyRequest,
  listMoneyRequests,
  payMoneyRequest,
} from '#shared/contracts/payments/requests.ts';
import { type Route, handle } from '#shared/http/call.ts';
import type { PaymentsService } from '../service.ts';

/** The calls about requests for money, bound to the use cases that answer them. */
export function moneyRequestRoutes(payments: PaymentsService): Route[] {
  return [
    handle(createMoneyRequest, async ({ caller, body, facts }) => ({
      status: 201,
      body: await payments.askForMoney(
        caller,
        {
          payerId: body.payer_id,
          money: body.money,
          note: body.note,
          expiresAt: body.expires_at === undefined ? undefined : new Date(body.expires_at),
        },
        facts.idempotency,
      ),
    })),

    handle(listMoneyRequests, async ({ caller, query }) => ({
      status: 200,
      body: await payments.listMoneyRequests(caller, query),
    })),

    handle(getMoneyRequest, async ({ caller, params }) => ({
      status: 200,
      body: await payments.getMoneyRequest(caller, params.id),
    })),

    handle(payMoneyRequest, async ({ caller, params, body, facts }) => ({
      status: 201,
      body: await payments.payMoneyRequest(
        caller,
        { id: params.id, description: body.description },
        { key: facts.idempotency, stepUpToken: facts.headers['step-up'] },
      ),
    })),

    handle(declineMoneyRequest, async ({ caller, params }) => ({
      status: 200,
      body: await payments.declineMoneyRequest(caller, params.id),
    })),

    handle(cancelMoneyRequest, async ({ caller, params }) => ({
      status: 200,
      body: await payments.cancelMoneyRequest(caller, params.id),
    })),
  ];
}
