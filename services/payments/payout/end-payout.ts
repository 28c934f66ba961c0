import type { TransactionStatus } from '#shared/contracts/payments/transaction.ts';
import { unreachable } from '#shared/errors.ts';
import type { TransactionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Sql, Tx } from '#shared/sql.ts';
import { houseAccountId } from '../ledger/house-accounts.ts';
import { type EndOutcome, postHold, voidHold } from '../ledger/hold.ts';
import { move, postOne, refusal, type Spending, split } from '../ledger/post.ts';
import type { PaymentsPorts } from '../ports.ts';
import { noteReturned, type PayoutRow } from '../store/payouts.ts';
import { endTransaction, insertTransactions, type NewTransaction } from '../store/transactions.ts';
import { audited, transactionUpdated } from '../told.ts';
import { decimalOf } from '../wire.ts';
import type { Payout } from './payout-gateway.ts';

type Ports = Pick<PaymentsPorts, 'clock' | 'outbox' | 'log' | 'payoutMeters'>;

/** What became of the payout, who says so, and the gateway's word for a failure. */
export type PayoutEnd = {
  readonly as: Exclude<Payout['status'], 'pending'>;
  readonly actor: string;
  readonly reason: string | null;
};

/** The accounts of the house that the end of a payout may touch. Ask for them before the transaction. */
export type PayoutAccounts = { readonly clearingId: string; readonly feesId: string; readonly suspenseId: string };

export async function payoutAccounts(
  sql: Sql,
  { gateway, currency }: Pick<PayoutRow, 'gateway' | 'currency'>,
): Promise<PayoutAccounts> {
  const [clearingId, feesId, suspenseId] = await Promise.all([
    houseAccountId(sql, { kind: 'gateway_clearing', owner: gateway, currency }),
    houseAccountId(sql, { kind: 'fees', owner: '', currency }),
    houseAccountId(sql, { kind: 'suspense', owner: gateway, currency }),
  ]);
  return { clearingId, feesId, suspenseId };
}

/**
 * The one place that ends a payout, called with its transaction locked, by the webhook and by the workflow alike. Repeats
 * change nothing. What was paid leaves the hold for the gateway's clearing account, and the fee for the house's; what
 * failed goes back to the wallet, the fee with it. A withdrawal that the bank returns after it was paid is credited anew,
 * without its fee, since the gateway did its work.
 *
 * @returns the status that the payout has now
 */
export async function endPayout(
  ports: Ports,
  tx: Tx,
  payout: PayoutRow,
  accounts: PayoutAccounts,
  end: PayoutEnd,
): Promise<TransactionStatus> {
  const isOpen = payout.status === 'pending' || payout.status === 'processing';
  switch (end.as) {
    case 'paid':
      if (isOpen) return await close(ports, tx, payout, 'completed', await pay(ports, tx, payout, accounts), end);
      if (payout.status !== 'completed') {
        const facts = { transactionId: payout.transaction_id, status: payout.status };
        ports.log.error(facts, 'a gateway says that it paid what had failed');
      }
      return payout.status;
    case 'failed':
    case 'returned':
      if (isOpen) {
        await release(ports, tx, payout);
        return await close(ports, tx, payout, 'failed', null, end);
      }
      if (payout.status === 'completed' && payout.returned_by === null) {
        await giveBack(ports, tx, payout, accounts, end);
      }
      return payout.status;
    default:
      return unreachable(end.as);
  }
}

/** Moves what was paid. The transfer's id is the payout's, so that no second one can ever be posted for it. */
async function pay({ clock }: Ports, tx: Tx, payout: PayoutRow, accounts: PayoutAccounts): Promise<string> {
  const { transaction_id: id, kind, amount, processing_fee: fee, hold_id: holdId } = payout;
  const parts = [
    { accountId: accounts.clearingId, minor: amount },
    { accountId: accounts.feesId, minor: fee },
  ];
  if (holdId === null) {
    const outcome = await postOne(tx, { id, kind, legs: split(accounts.suspenseId, parts) });
    if (outcome !== 'posted') throw refusal(outcome);
  } else {
    assertDone(await postHold(tx, holdId, { transferId: id, kind, parts, at: clock() }), holdId);
  }
  return id;
}

/** Gives the held sum back to the wallet, and the limits what was counted. What waits in suspense goes on waiting there. */
async function release({ clock, log }: Ports, tx: Tx, payout: PayoutRow): Promise<void> {
  const { transaction_id: transactionId, hold_id: holdId, kind } = payout;
  if (holdId === null) {
    log.error({ transactionId }, 'money that came too late could not be given back, and waits in suspense');
    return;
  }
  assertDone(await voidHold(tx, holdId, { isCounted: kind === 'withdrawal', at: clock() }), holdId);
}

/** The hold of an open payout is ended by its payout and by nothing else. */
function assertDone(outcome: EndOutcome, holdId: string): void {
  if (outcome !== 'done') throw new Error(`hold ${holdId} has ended before its payout`);
}

/** Withdrawals are counted against limits, refunds are not. */
function uncounted(payout: PayoutRow, minor: bigint): { spending?: Spending } {
  const { kind, wallet_id: accountId, spent_day: day, spent_month: month } = payout;
  if (kind !== 'withdrawal' || day === null || month === null) return {};
  return { spending: { accountId, minor: -minor, day, month, dayMax: 0n, monthMax: 0n } };
}

/**
 * Credits the wallet with what came back after it had been paid, of a withdrawal and of a refund alike, without the fee. The
 * limits get back what a withdrawal was counted with.
 */
async function giveBack(
  { clock, outbox, log }: Ports,
  tx: Tx,
  payout: PayoutRow,
  { clearingId }: PayoutAccounts,
  end: PayoutEnd,
): Promise<void> {
  const id = newId<TransactionId>('core');
  const { transaction_id: paidId, amount: minor, currency, wallet_id: walletId, user_id: userId } = payout;
  const legs = move(clearingId, walletId, minor);
  const outcome = await postOne(tx, { id, kind: 'refund', legs, ...uncounted(payout, minor) });
  if (outcome !== 'posted') throw refusal(outcome);
  const made: NewTransaction = {
    id,
    walletId,
    userId,
    type: 'refund',
    minor,
    currency,
    status: 'completed',
    actor: end.actor,
    at: clock(),
    transferId: id,
    refundOf: paidId,
    reference: 'returned_by_bank',
  };
  await insertTransactions(tx, [made]);
  await noteReturned(tx, paidId, id);
  log.warn({ transactionId: paidId, reason: end.reason }, 'a payout came back after it had been paid');
  const facts = { amount: decimalOf(minor, currency), currency, reason: end.reason ?? 'returned' };
  await outbox.append(tx, {
    events: [transactionUpdated(made)],
    audit: [audited({ actor: end.actor, action: 'payments.payout_returned', subject: paidId, facts })],
  });
}

async function close(
  { clock, outbox, payoutMeters }: Ports,
  tx: Tx,
  payout: PayoutRow,
  status: 'completed' | 'failed',
  transferId: string | null,
  { actor, reason }: PayoutEnd,
): Promise<TransactionStatus> {
  const { transaction_id: id, kind: type, amount: minor, currency } = payout;
  await endTransaction(tx, id, { status, actor, reason, transferId, at: clock() });
  const told = { id, userId: payout.user_id, walletId: payout.wallet_id, type, status, minor, currency };
  await outbox.append(tx, {
    events: [transactionUpdated({ ...told, ...(type === 'refund' && { returnsDeposit: true }) })],
    audit: [
      audited({
        actor,
        action: `payments.${type}_${status}`,
        subject: id,
        facts: { amount: decimalOf(minor, currency), currency, ...(reason !== null && { reason }) },
      }),
    ],
  });
  payoutMeters?.ended(payout.gateway, type, status);
  return status;
}
