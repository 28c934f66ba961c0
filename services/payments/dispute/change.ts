import type { DisputeBody, DisputeOutcome } from '#shared/contracts/payments/disputes.ts';
import { AppError } from '#shared/errors.ts';
import { happened } from '#shared/events/event.ts';
import { DisputeChanged } from '#shared/events/payments-trade.ts';
import type { DisputeId } from '#shared/ids.ts';
import type { Tx } from '#shared/sql.ts';
import { houseAccountId } from '../ledger/house-accounts.ts';
import { giveBack } from '../order/give-back.ts';
import type { PaymentsPorts } from '../ports.ts';
import { lockOrderPayment, type TakenRow } from '../store/order-payments.ts';
import { audited } from '../told.ts';
import { decimalOf } from '../wire.ts';
import { changeDispute, type DisputeRow, findDispute, lockDispute } from './dispute-store.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'clock' | 'outbox'>;

/** What a step may do with a dispute whose order is locked, and may not pay anybody twice. */
export type Desk = {
  readonly tx: Tx;
  readonly row: DisputeRow;
  readonly at: Date;
  /** Writes what the dispute is now, and tells of it. */
  readonly move: (to: Partial<DisputeRow>, action: string, actor: string) => Promise<DisputeRow>;
  /** Ends it; in the customer's favour up to `refund` goes back, as far as that is left of the payment. */
  readonly resolve: (by: NonNullable<DisputeBody['decided_by']>, actor: string, end: Decided) => Promise<DisputeRow>;
};

export type Decided = { readonly outcome: DisputeOutcome; readonly refund: bigint };

/**
 * Takes one step with a dispute, with its order and then itself locked, so that it is told in one order with refunds and
 * with what pays the merchant.
 *
 * @param mayLook whether this person may know of it
 * @throws {AppError} NOT_FOUND
 */
export async function withDispute<T>(
  ports: Ports,
  id: DisputeId,
  mayLook: (row: DisputeRow) => boolean,
  step: (desk: Desk) => Promise<T>,
): Promise<T> {
  const { databases, clock, outbox } = ports;
  const core = databases.of('core');
  const seen = await findDispute(core, id);
  if (seen === undefined || !mayLook(seen)) throw new AppError('NOT_FOUND', { message: 'There is no such dispute' });
  const payableId = await houseAccountId(core, {
    kind: 'merchant_payable',
    owner: seen.merchant_id,
    currency: seen.currency,
  });

  return await core.transaction(async (tx) => {
    const taken = (await lockOrderPayment(tx, seen.order_id)) as TakenRow;
    const row = await lockDispute(tx, id);
    const at = clock();

    async function move(to: Partial<DisputeRow>, action: string, actor: string): Promise<DisputeRow> {
      const after = await changeDispute(tx, { ...row, ...to, updated_at: at });
      const facts = {
        dispute_id: id,
        order_id: row.order_id,
        customer_id: row.customer_id,
        merchant_id: row.merchant_id,
        status: after.status,
        outcome: after.outcome,
        refunded_amount: decimalOf(after.refunded, row.currency),
        currency: row.currency,
      };
      const { status, outcome, refunded_amount } = facts;
      const told = { status, refunded_amount, ...(outcome === null ? {} : { outcome }) };
      await outbox.append(tx, {
        events: [happened(DisputeChanged, id, facts)],
        audit: [audited({ actor, action, subject: id, facts: told })],
      });
      return after;
    }

    const desk: Desk = {
      tx,
      row,
      at,
      move,
      resolve: async (by, actor, { outcome, refund }) => {
        const left = taken.amount - taken.refunded;
        const minor = outcome === 'merchant' ? 0n : least(refund, left, row.amount);
        if (minor > 0n)
          await giveBack(ports, tx, taken, { minor, payableId, actor, reason: 'disputed', kind: 'dispute' });
        const to = { status: 'resolved', outcome, decided_by: by, refunded: minor, decided_at: at } as const;
        return await move(to, 'payments.dispute_resolved', actor);
      },
    };
    return await step(desk);
  });
}

/** Who moves a dispute when nobody does: its workflow. */
export const DISPUTE_ACTOR = 'dispute';

export function isOpen({ status }: DisputeRow): boolean {
  return status === 'awaiting_merchant' || status === 'in_review';
}

function least(...sums: readonly bigint[]): bigint {
  return sums.reduce((least, sum) => (sum < least ? sum : least));
}
