import { happened } from '#shared/events/event.ts';
import { PayoutRequested } from '#shared/events/payments-payouts.ts';
import type { TransactionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Tx } from '#shared/sql.ts';
import { houseAccountId } from '../ledger/house-accounts.ts';
import { move, postOne, refusal } from '../ledger/post.ts';
import type { PaymentsPorts } from '../ports.ts';
import { findingsOf } from '../reconciliation/findings-store.ts';
import type { DepositRow } from '../store/charges.ts';
import { insertPayout } from '../store/payouts.ts';
import { insertTransactions, type NewTransaction } from '../store/transactions.ts';
import { audited, transactionUpdated } from '../told.ts';
import { decimalOf } from '../wire.ts';

type Ports = Pick<PaymentsPorts, 'clock' | 'outbox' | 'log' | 'refundGateways'>;

/**
 * Gives money back that arrived for a deposit which had failed or been cancelled: whoever paid was told that nothing came
 * of it. It waits in the gateway's suspense, never in the wallet, while the workflow that the event starts has the gateway return it.
 * Called with the deposit locked; the transfer has the deposit's id, so that it happens once.
 *
 * @param clearingId the gateway's clearing account, which owes us what the gateway collected
 */
export async function returnLateMoney(
  { clock, outbox, log, refundGateways }: Ports,
  tx: Tx,
  deposit: DepositRow,
  clearingId: string,
): Promise<void> {
  const { id: depositId, wallet_id: walletId, user_id: userId, amount: minor, currency, gateway } = deposit;
  if (!refundGateways.some(({ name }) => name === gateway)) {
    log.error({ transactionId: depositId, gateway }, 'money arrived for a deposit that had failed, and stays there');
    return;
  }
  if (await isDisposedOf(tx, depositId)) {
    log.error(
      { transactionId: depositId, gateway },
      'money arrived of which staff had disposed, and is not given back',
    );
    return;
  }
  const suspenseId = await houseAccountId(tx, { kind: 'suspense', owner: gateway, currency });
  const legs = move(clearingId, suspenseId, minor);
  const outcome = await postOne(tx, { id: depositId, kind: 'adjustment', legs });
  if (outcome === 'duplicate') return;
  if (outcome !== 'posted') throw refusal(outcome);
  const id = newId<TransactionId>('core');
  const made: NewTransaction = {
    id,
    walletId,
    userId,
    type: 'refund',
    minor,
    currency,
    status: 'processing',
    actor: gateway,
    at: clock(),
    refundOf: depositId,
    reference: 'late_capture',
  };
  await insertTransactions(tx, [made]);
  const method = deposit.payment_method;
  await insertPayout(tx, { transactionId: id, kind: 'refund', gateway, method, holdId: null, depositId });
  const facts = { amount: decimalOf(minor, currency), currency, depositId, late: true };
  await outbox.append(tx, {
    events: [
      happened(PayoutRequested, id, { transaction_id: id, kind: 'refund', gateway }),
      transactionUpdated({ ...made, returnsDeposit: true }),
    ],
    audit: [audited({ actor: gateway, action: 'payments.refund_requested', subject: id, facts })],
  });
  log.warn({ transactionId: depositId, refundId: id }, 'money that arrived too late is given back');
}

/** Whether a statement told of this money first, and staff have credited it or written it off. */
async function isDisposedOf(tx: Tx, depositId: TransactionId): Promise<boolean> {
  const findings = await findingsOf(tx, depositId);
  return findings.some(({ resolution }) => resolution === 'credit_user' || resolution === 'write_off');
}
