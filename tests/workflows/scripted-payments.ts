import { ApplicationFailure } from '@temporalio/common';
import type { DeclineReason } from '#services/payments/order/hold-for-order.ts';
import type { TransactionId } from '#shared/ids.ts';
import type { OrderPayments } from '#workflows/commerce/steps.ts';

type Call = keyof OrderPayments;

/** What a payment call comes to: it succeeds, it refuses for good, it fails this many times first, or the wallet declines. */
type Script = { readonly [Name in Call]?: 'refused' | number } & {
  readonly declined?: DeclineReason;
  /** The merchant has given all of it back by the time the order is settled. */
  readonly givenBack?: true;
};

/**
 * The payments' side of orders, following a script per order. It stands at the border between two domains, so that
 * the order's story can be seen under every answer that the real one may give.
 */
export function scriptedPayments() {
  const scripts = new Map<string, Script>();
  const calls: { readonly orderId: string; readonly call: Call }[] = [];
  const gates = new Map<string, Promise<void>>();

  async function answer<T>(call: Call, orderId: string, good: T): Promise<T> {
    calls.push({ orderId, call });
    await gates.get(`${call} ${orderId}`);
    const script = scripts.get(orderId)?.[call];
    if (script === 'refused') throw ApplicationFailure.nonRetryable('refused for good', 'CONFLICT');
    const tries = calls.filter((made) => made.orderId === orderId && made.call === call).length;
    if (script !== undefined && tries <= script) throw ApplicationFailure.retryable('away', 'UPSTREAM_UNAVAILABLE');
    return good;
  }

  const activities: OrderPayments = {
    holdForOrder: ({ orderId }) => {
      const reason = scripts.get(orderId)?.declined;
      const held = { type: 'held', transactionId: orderId as TransactionId } as const;
      return answer('holdForOrder', orderId, reason === undefined ? held : ({ type: 'declined', reason } as const));
    },
    captureOrder: ({ orderId }) => answer('captureOrder', orderId, undefined),
    releaseOrder: ({ orderId }) => answer('releaseOrder', orderId, undefined),
    refundOrder: ({ orderId }) => answer('refundOrder', orderId, undefined),
    settleOrder: ({ orderId }) =>
      answer('settleOrder', orderId, scripts.get(orderId)?.givenBack ? 'refunded' : 'settled'),
  };

  return {
    activities,
    script: (orderId: string, script: Script) => void scripts.set(orderId, script),
    /** Holds a call back until the returned function is called. */
    hold: (call: Call, orderId: string): (() => void) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      gates.set(`${call} ${orderId}`, promise);
      return resolve;
    },
    callsOf: (orderId: string): Call[] => calls.filter((made) => made.orderId === orderId).map((made) => made.call),
  };
}

export type ScriptedPayments = ReturnType<typeof scriptedPayments>;
