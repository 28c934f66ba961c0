import { AppError } from '#shared/errors.ts';
import type { PaymentsPorts } from '../ports.ts';
import { findOrderPayment, listDue, lockOrderPayment } from '../store/order-payments.ts';
import { payMerchant, preparePayout } from './pay-merchant.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'clock' | 'outbox' | 'checkouts' | 'settlement' | 'log'>;

/** Orders of one step: a second or two of work, far below the time that a step has. */
const ORDERS_MAX = 100;
const FIRST = '00000000-0000-0000-0000-000000000000';

/** `next` is where the run goes on; absent when nothing is left. */
export type RunStep = { readonly paid: number; readonly next?: string };

/**
 * One step of a settlement run: pays the merchants of orders that are due, each order in a transaction of its own, so that
 * a run may stop anywhere and be taken up again. A merchant who cannot be paid now waits for the next run, and holds
 * nobody up.
 */
export function makeRunSettlements(ports: Ports) {
  const core = ports.databases.of('core');

  return async ({ after = FIRST }: { readonly after?: string }): Promise<RunStep> => {
    const due = await listDue(core, ports.clock(), after, ORDERS_MAX);
    let paid = 0;
    for (const orderId of due) {
      const seen = await findOrderPayment(core, orderId);
      if (seen === undefined || seen.transaction_id === null) continue;
      const payout = await preparePayout(ports, core, seen);
      try {
        await core.transaction(async (tx) => {
          const taken = await lockOrderPayment(tx, orderId);
          if (taken?.status !== 'captured' || taken.due_at === null) return;
          await payMerchant(ports, tx, taken, payout);
          paid += 1;
        });
      } catch (error) {
        if (!(error instanceof AppError) || error.retryable) throw error;
        ports.log.warn({ orderId, code: error.code }, 'a merchant could not be paid and waits for the next run');
      }
    }
    const last = due.at(-1);
    return due.length < ORDERS_MAX || last === undefined ? { paid } : { paid, next: last };
  };
}
