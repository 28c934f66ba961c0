import { makeOmise } from '#infrastructure/gateways/omise.ts';
import { countOverRule } from '#infrastructure/metrics/money-rules.ts';
import { findPeople } from '#services/auth/people.ts';
import { isLimitedOrder } from '#services/commerce/store/order-store.ts';
import { VELOCITY_RULES, widened } from '#services/payments/compliance/velocity-rules.ts';
import { paymentsRoutes } from '#services/payments/routes.ts';
import { makePayments, type PaymentsService } from '#services/payments/service.ts';
import type { Ground } from './ground.main.ts';
import { stepUpOf } from './wire-step-up.main.ts';
import type { WiredService } from './wire.main.ts';

/** As what the gateway's budgets are multiplied by, for load tests. */
const RELAXED_FACTOR = 1_000n;

/** Payments over the gateways that the settings name. */
export function openPayments(ground: Ground): PaymentsService {
  const { config, databases } = ground;
  return makePayments({
    ...ground,
    people: { find: (ids) => findPeople(databases, ids) },
    stepUp: stepUpOf(ground),
    checkouts: { isLimited: (orderId) => isLimitedOrder(databases.of('core'), orderId) },
    gateways: [
      makeOmise({
        baseUrl: config.OMISE_BASE_URL,
        secretKey: config.OMISE_SECRET_KEY,
        webhookSecret: config.OMISE_WEBHOOK_SECRET,
      }),
    ],
    publicUrl: config.PUBLIC_URL,
    expiresAfterMs: config.PAYMENT_EXPIRES_AFTER,
    velocityRules: config.RATE_LIMITS === 'relaxed' ? widened(VELOCITY_RULES, RELAXED_FACTOR) : VELOCITY_RULES,
    ruleMeters: { overRule: countOverRule },
    promptPayBillerId: config.PROMPTPAY_BILLER_ID,
  });
}

export function wirePayments(ground: Ground): WiredService {
  return { routes: paymentsRoutes(openPayments(ground)) };
}
