import type { OrderId } from '#shared/ids.ts';
import type { Tx } from '#shared/sql.ts';
import { voidHold } from '../ledger/hold.ts';
import type { Spending } from '../ledger/post.ts';
import type { PaymentsPorts } from '../ports.ts';
import { insertUntaken, lockOrderPayment, moveOrderPayment, type TakenRow } from '../store/order-payments.ts';
import { endTransaction } from '../store/transactions.ts';
import { ORDER_ACTOR, toldOfOrder } from './told-of-order.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'clock' | 'outbox'>;

/**
 * Lets go of what an order holds: it goes back to the customer's wallet. Harmless when nothing is held, and from then on
 * nothing will be: a hold whose answer was lost may still be on its way, and it is declined when it arrives.
 */
export function makeReleaseOrder(ports: Ports) {
  return async ({ orderId }: { readonly orderId: OrderId }): Promise<void> => {
    await ports.databases.of('core').transaction(async (tx) => {
      const taken = await lockOrderPayment(tx, orderId);
      if (taken === undefined) await insertUntaken(tx, orderId);
      else if (taken.status === 'held') await release(ports, tx, taken);
    });
  };
}

/** Voids the hold of an order that the caller has locked. */
export async function release(
  { clock, outbox }: Pick<Ports, 'clock' | 'outbox'>,
  tx: Tx,
  taken: TakenRow,
): Promise<void> {
  const at = clock();
  await voidHold(tx, taken.hold_id, { at });
  const ending = { status: 'cancelled', actor: ORDER_ACTOR, reason: 'order_released', transferId: null, at } as const;
  await endTransaction(tx, taken.transaction_id, ending);
  await moveOrderPayment(tx, taken.order_id, { status: 'released', at });
  await outbox.append(tx, toldOfOrder(taken, 'released', 'cancelled'));
}

/** The day and month that the sum was counted in get it back, if they are still the ones being counted. */
export function givenBack(taken: TakenRow, minor = taken.amount): Spending {
  return {
    accountId: taken.wallet_id,
    minor: -minor,
    day: taken.spent_day,
    month: taken.spent_month,
    dayMax: 0n,
    monthMax: 0n,
  };
}
