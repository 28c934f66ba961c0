import { makeOmise } from '#infrastructure/gateways/omise.ts';
import { findPeople } from '#services/auth/people.ts';
import { paymentsRoutes } from '#services/payments/routes.ts';
import { makePayments, type PaymentsService } from '#services/payments/service.ts';
import { AppError } from '#shared/errors.ts';
import type { Ground } from './ground.main.ts';
import type { WiredService } from './wire.main.ts';

/** Payments over the gateways that the settings name. */
export function openPayments(ground: Ground): PaymentsService {
  const { config, databases, identity } = ground;
  return makePayments({
    ...ground,
    people: { find: (ids) => findPeople(databases, ids) },
    stepUp: {
      verify: async (token, caller) => {
        try {
          await identity.tokens.verifyStepUp(token, caller);
          return true;
        } catch (error) {
          if (error instanceof AppError && error.code === 'STEP_UP_REQUIRED') return false;
          throw error;
        }
      },
    },
    gateways: [
      makeOmise({
        baseUrl: config.OMISE_BASE_URL,
        secretKey: config.OMISE_SECRET_KEY,
        webhookSecret: config.OMISE_WEBHOOK_SECRET,
      }),
    ],
    publicUrl: config.PUBLIC_URL,
    expiresAfterMs: config.PAYMENT_EXPIRES_AFTER,
    promptPayBillerId: config.PROMPTPAY_BILLER_ID,
  });
}

export function wirePayments(ground: Ground): WiredService {
  return { routes: paymentsRoutes(openPayments(ground)) };
}
