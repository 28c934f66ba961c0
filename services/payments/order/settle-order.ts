import { AppError } from '#shared/errors.ts';
import type { OrderId } from '#shared/ids.ts';
import { isDisputed } from '../dispute/dispute-store.ts';
import type { PaymentsPorts } from '../ports.ts';
import { payMerchant, preparePayout } from '../settlement/pay-merchant.ts';
import { findOrderPayment, lockOrderPayment, setDue } from '../store/order-payments.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'clock' | 'outbox' | 'checkouts' | 'settlement'>;

/** A dispute takes days; whoever waits for its end hears of it within this. */
const ASK_AGAIN_AFTER_S = 60;

/**
 * `settled`: the merchant has been paid, or is with the next settlement run. `refunded`: all of it went back to the
 * customer, so that nobody is paid.
 */
export type SettleOutcome = 'settled' | 'refunded';

/**
 * Pays the merchant what is left of what an order captured, less our fees, into a wallet that is opened if need be; where
 * merchants are paid in runs, the order is left to the next one. Idempotent by order.
 *
 * @throws {AppError} CONFLICT when nothing is captured, PAYMENT_DISPUTED while a dispute is open: to be tried again
 */
export function makeSettleOrder(ports: Ports) {
  const core = ports.databases.of('core');

  return async ({ orderId }: { readonly orderId: OrderId }): Promise<SettleOutcome> => {
    const seen = await findOrderPayment(core, orderId);
    if (seen === undefined || seen.transaction_id === null) throw nothingCaptured();
    const payout = await preparePayout(ports, core, seen);

    return await core.transaction(async (tx) => {
      const taken = await lockOrderPayment(tx, orderId);
      if (taken?.status === 'settled' || taken?.status === 'refunded') return taken.status;
      if (taken?.status !== 'captured') throw nothingCaptured();
      if (await isDisputed(tx, orderId)) throw new AppError('PAYMENT_DISPUTED', { retryAfterS: ASK_AGAIN_AFTER_S });
      if (ports.settlement.inRuns) await setDue(tx, orderId, ports.clock());
      else await payMerchant(ports, tx, taken, payout);
      return 'settled';
    });
  };
}

function nothingCaptured(): AppError {
  return new AppError('CONFLICT', { message: 'The order has captured no money' });
}
