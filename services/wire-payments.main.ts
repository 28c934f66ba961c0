import { makeOmisePayouts, makeOmiseRefunds } from '#infrastructure/gateways/omise-payouts.ts';
import { makeOmise } from '#infrastructure/gateways/omise.ts';
import { makeStripeRefunds } from '#infrastructure/gateways/stripe-refunds.ts';
import { makeStripe } from '#infrastructure/gateways/stripe.ts';
import { makeXenditPayouts, makeXenditRefunds } from '#infrastructure/gateways/xendit-payouts.ts';
import { makeXendit } from '#infrastructure/gateways/xendit.ts';
import { gatewayMeters } from '#infrastructure/metrics/gateway-metrics.ts';
import { openKeyManagement } from '#infrastructure/keys/open-key-management.ts';
import { fxMeters } from '#infrastructure/metrics/fx-metrics.ts';
import { payoutMeters } from '#infrastructure/metrics/payout-metrics.ts';
import { countOverRule } from '#infrastructure/metrics/money-rules.ts';
import { makeScreening } from '#infrastructure/identity/screening.ts';
import { makeTraceRecords } from '#infrastructure/trace/records.ts';
import { blockersOf } from '#services/auth/blocks.ts';
import { findPeople } from '#services/auth/people.ts';
import { categoryOfOrder, isLimitedOrder } from '#services/commerce/store/order-store.ts';
import { VELOCITY_RULES, widened } from '#services/payments/compliance/velocity-rules.ts';
import type { Parties } from '#services/payments/ports.ts';
import { paymentsRoutes } from '#services/payments/routes.ts';
import { makePayments, type PaymentsService } from '#services/payments/service.ts';
import { traceRoutes } from '#services/payments/trace/routes.ts';
import { makeTraceMoney } from '#services/payments/trace/trace-money.ts';
import { casesOf } from '#services/verification/cases-of.ts';
import { isListed } from '#services/verification/is-listed.ts';
import type { CaseId } from '#shared/ids.ts';
import { fxRulesOf } from './fx-rules.main.ts';
import type { Ground } from './ground.main.ts';
import { openWorkflowStates } from './wire-reconciliation.main.ts';
import { stepUpOf } from './wire-step-up.main.ts';
import type { WiredService } from './wire.main.ts';

/** Who is on a list, as verification knows it, and names outside, which its provider looks for under the transaction's id. */
function partiesOf({ config, databases }: Ground): Parties {
  const screening = makeScreening({ baseUrl: config.SCREENING_BASE_URL, apiKey: config.SCREENING_API_KEY });
  return {
    isListed: (userId) => isListed(databases, userId),
    casesOf: (ids) => casesOf(databases, ids),
    screenParty: ({ reference, name }) =>
      screening.screen({ caseId: reference as string as CaseId, name, dateOfBirth: undefined }),
  };
}

/** As what the gateway's budgets are multiplied by, for load tests. */
const RELAXED_FACTOR = 1_000n;

/** Payments over the gateways that the settings name. */
export function openPayments(ground: Ground): PaymentsService {
  const { config, databases } = ground;
  const omise = { baseUrl: config.OMISE_BASE_URL, secretKey: config.OMISE_SECRET_KEY };
  const stripe = { baseUrl: config.STRIPE_BASE_URL, secretKey: config.STRIPE_SECRET_KEY };
  const xendit = { baseUrl: config.XENDIT_BASE_URL, secretKey: config.XENDIT_SECRET_KEY };
  return makePayments({
    ...ground,
    people: { find: (ids) => findPeople(databases, ids) },
    profiles: { find: (ids) => findPeople(databases, ids) },
    blocks: { blockersOf: (userId, others) => blockersOf(databases, userId, others) },
    stepUp: stepUpOf(ground),
    checkouts: {
      isLimited: (orderId) => isLimitedOrder(databases.of('core'), orderId),
      categoryOf: (orderId) => categoryOfOrder(databases.of('core'), orderId),
    },
    disputes: { answerWithinMs: config.DISPUTE_ANSWER_WITHIN, reviewWithinMs: config.DISPUTE_REVIEW_SLA },
    settlement: { inRuns: config.SETTLEMENT_EVERY !== 'each', fees: config.MERCHANT_FEES },
    gateways: [
      makeOmise({
        baseUrl: config.OMISE_BASE_URL,
        secretKey: config.OMISE_SECRET_KEY,
        webhookSecret: config.OMISE_WEBHOOK_SECRET,
      }),
      makeStripe({
        baseUrl: config.STRIPE_BASE_URL,
        secretKey: config.STRIPE_SECRET_KEY,
        webhookSecret: config.STRIPE_WEBHOOK_SECRET,
      }),
      makeXendit({
        baseUrl: config.XENDIT_BASE_URL,
        secretKey: config.XENDIT_SECRET_KEY,
        callbackToken: config.XENDIT_CALLBACK_TOKEN,
      }),
    ],
    gatewayMeters,
    payoutGateways: [makeOmisePayouts(omise), makeXenditPayouts(xendit)],
    refundGateways: [makeOmiseRefunds(omise), makeStripeRefunds(stripe), makeXenditRefunds(xendit)],
    payoutMeters,
    keyManagement: openKeyManagement(config),
    fx: fxRulesOf(config),
    fxMeters,
    publicUrl: config.PUBLIC_URL,
    expiresAfterMs: config.PAYMENT_EXPIRES_AFTER,
    velocityRules: config.RATE_LIMITS === 'relaxed' ? widened(VELOCITY_RULES, RELAXED_FACTOR) : VELOCITY_RULES,
    ruleMeters: { overRule: countOverRule },
    parties: partiesOf(ground),
    promptPayBillerId: config.PROMPTPAY_BILLER_ID,
  });
}

export function wirePayments(ground: Ground): WiredService {
  const { workflows, close } = openWorkflowStates(ground);
  const traceMoney = makeTraceMoney({ ...ground, workflows, traceRecords: makeTraceRecords(ground.databases) });
  return { routes: [...paymentsRoutes(openPayments(ground)), ...traceRoutes({ traceMoney })], close };
}
