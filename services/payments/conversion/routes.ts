import { acceptRate, createConversion, createQuote, showFx } from '#shared/contracts/payments/conversions.ts';
import { handle, type Route } from '#shared/http/call.ts';
import type { PaymentsService } from '../service.ts';

/** The calls by which money is exchanged, and by which ops watch that. */
export function conversionRoutes(payments: PaymentsService): Route[] {
  return [
    handle(createQuote, async ({ caller, body, facts }) => ({
      status: 201,
      body: await payments.requestQuote(caller, body, facts.idempotency),
    })),

    handle(createConversion, async ({ caller, body, facts }) => ({
      status: 201,
      body: await payments.convert(
        caller,
        { quoteId: body.quote_id, description: body.description },
        { key: facts.idempotency, stepUpToken: facts.headers['step-up'] },
      ),
    })),

    handle(showFx, async () => ({ status: 200, body: await payments.showFx() })),

    handle(acceptRate, async ({ caller, body }) => {
      const { currency, rated_at, reason } = body;
      await payments.acceptRate(caller, { currency, ratedAt: new Date(rated_at), reason });
      return { status: 204, body: undefined };
    }),
  ];
}
