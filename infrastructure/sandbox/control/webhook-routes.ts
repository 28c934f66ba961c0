import express, { type Router } from 'express';
import { z } from 'zod';
import { invalid } from '#shared/errors.ts';
import { Currency, DecimalString, type Money, parseMoney } from '#shared/money.ts';
import { type Charge, CHARGE_STATUSES, type Claims } from '../frame/charges.ts';
import type { World } from '../frame/world.ts';
import { parsed } from '../problem.ts';
import { payable } from './charge-routes.ts';

/** As many webhooks as one call sends, all at once. */
const TIMES_MAX = 100;

/** What a webhook shall say; what is absent is said truthfully. */
const WebhookBody = z.strictObject({
  amount: DecimalString.optional(),
  currency: Currency.optional(),
  status: z.enum(CHARGE_STATUSES).optional(),
  /** When the gateway claims to have signed it. */
  timestamp: z.iso.datetime({ offset: true }).optional(),
  /** The event's id. The same id `times` over is the same event repeated. */
  id: z.string().min(1).max(100).optional(),
  signature: z.enum(['good', 'bad']).default('good'),
  times: z.int().min(1).max(TIMES_MAX).default(1),
});
type WebhookBody = z.output<typeof WebhookBody>;

/** POST /sandbox/webhooks/{reference}: one try each, past all faults; answers what the receiver answered. */
export function webhookRoutes({ charges, webhooks }: World): Router {
  const routes = express.Router();
  routes.post('/webhooks/:reference', (request, response, next) => {
    const body = parsed(WebhookBody, request.body ?? {});
    const charge = payable(charges.byReference(request.params.reference));
    const webhook = charge.webhook(charge, claimsOf(body, charge));
    const sent = Array.from({ length: body.times }, () => webhooks.sendNow(webhook));
    Promise.all(sent).then((answers) => response.json({ answers }), next);
  });
  return routes;
}

function claimsOf({ amount, currency, status, timestamp, id, signature }: WebhookBody, charge: Charge): Claims {
  return {
    money: claimedMoney(charge, amount, currency),
    signature,
    ...(status !== undefined && { status }),
    ...(timestamp !== undefined && { signedAt: new Date(timestamp) }),
    ...(id !== undefined && { id }),
  };
}

function claimedMoney({ money }: Charge, amount: string | undefined, currency: Currency = money.currency): Money {
  if (amount === undefined) return { ...money, currency };
  const claimed = parseMoney(amount, currency);
  if (typeof claimed === 'string') throw invalid('amount', claimed);
  return claimed;
}
