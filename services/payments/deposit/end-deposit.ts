import type { TransactionStatus } from '#shared/contracts/payments/transaction.ts';
import type { Tx } from '#shared/sql.ts';
import { move, postOne, refusal } from '../ledger/post.ts';
import { returnLateMoney } from '../payout/return-late-money.ts';
import type { PaymentsPorts } from '../ports.ts';
import type { DepositRow } from '../store/charges.ts';
import { endTransaction } from '../store/transactions.ts';
import { audited, transactionUpdated } from '../told.ts';

type Ports = Pick<PaymentsPorts, 'clock' | 'outbox' | 'log' | 'gatewayMeters' | 'refundGateways'>;

/** What became of the charge, who says so, and the gateway's word for a failure. */
export type DepositEnd = {
  readonly as: 'paid' | 'failed' | 'expired';
  readonly actor: string;
  readonly reason: string | null;
};

/**
 * The one place that ends a deposit, called with the transaction locked, by the webhook and by the workflow alike.
 * Repeats change nothing: a deposit that has ended stays as it is, but for money that arrives after it expired. That is
 * credited: it is the payer's, and nobody else's. What arrives after it had failed is given back.
 *
 * @param clearingId the gateway's clearing account, which owes us what the gateway collected
 * @returns the status that the deposit has now
 */
export async function endDeposit(
  ports: Ports,
  tx: Tx,
  deposit: DepositRow,
  clearingId: string,
  end: DepositEnd,
): Promise<TransactionStatus> {
  const { clock, outbox, gatewayMeters } = ports;
  const open = deposit.status === 'pending' || deposit.status === 'processing';
  const late = end.as === 'paid' && deposit.status === 'expired';
  if (!open && !late) {
    if (end.as === 'paid' && deposit.status !== 'completed') await returnLateMoney(ports, tx, deposit, clearingId);
    return deposit.status;
  }

  const status = end.as === 'paid' ? 'completed' : end.as;
  if (status === 'completed') {
    // The transfer's id is the deposit's, so that no second one can ever be posted for it.
    const outcome = await postOne(tx, {
      id: deposit.id,
      kind: 'deposit',
      legs: move(clearingId, deposit.wallet_id, deposit.amount),
    });
    if (outcome !== 'posted') throw refusal(outcome);
  }
  await endTransaction(tx, deposit.id, {
    status,
    actor: end.actor,
    reason: late ? 'late_capture' : end.reason,
    transferId: status === 'completed' ? deposit.id : null,
    at: clock(),
  });
  await outbox.append(tx, {
    events: [
      transactionUpdated({
        id: deposit.id,
        userId: deposit.user_id,
        walletId: deposit.wallet_id,
        type: 'deposit',
        status,
        minor: deposit.amount,
        currency: deposit.currency,
      }),
    ],
    audit: [
      audited({
        actor: end.actor,
        action: `payments.deposit_${status}`,
        subject: deposit.id,
        facts: late ? { late: true } : {},
      }),
    ],
  });
  gatewayMeters?.ended(deposit.gateway, deposit.payment_method, status);
  return status;
}
