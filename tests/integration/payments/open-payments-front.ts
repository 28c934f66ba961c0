import { paymentsRoutes } from '#services/payments/routes.ts';
import type { UserId } from '#shared/ids.ts';
import { openFront, type TestFront, tokenFor } from '../gateway/test-front.ts';
import { openPayments, type TestPayments } from './open-payments.ts';

export type PaymentsFront = TestPayments & {
  readonly url: string;
  call(
    userId: UserId,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): ReturnType<TestFront['call']>;
};

/** Payments behind the HTTP front, so that what the contract refuses is refused as in production. */
export async function openPaymentsFront(): Promise<PaymentsFront> {
  const opening = new AsyncDisposableStack();
  const payments = opening.use(await openPayments());
  const front = opening.use(await openFront({ routes: paymentsRoutes(payments.payments) }));
  return {
    ...payments,
    url: front.url,
    call: (userId, method, path, body, headers = {}) =>
      front.call(method, `/api/v1${path}`, {
        token: tokenFor(userId),
        headers,
        ...(body === undefined ? {} : { body }),
      }),
    [Symbol.asyncDispose]: () => opening.disposeAsync(),
  };
}
