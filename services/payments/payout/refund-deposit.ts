import type { Caller } from '#shared/caller.ts';
import type { TransactionBody } from '#shared/contracts/payments/transaction.ts';
import { AppError, invalid } from '#shared/errors.ts';
import { happened } from '#shared/events/event.ts';
import { PayoutRequested } from '#shared/events/payments-payouts.ts';
import type { IdempotencyKey } from '#shared/http/call.ts';
import type { Brand, TransactionId } from '#shared/ids.ts';
import { positiveMoney } from '#shared/money.ts';
import { newId } from '#shared/new-id.ts';
import type { Tx } from '#shared/sql.ts';
import { periodsAt } from '../calendar.ts';
import { assertNotBarred } from '../compliance/barred.ts';
import { placeHold } from '../ledger/hold.ts';
import { refusal } from '../ledger/post.ts';
import type { PaymentsPorts } from '../ports.ts';
import { type DepositRow, findDeposit, lockDeposit } from '../store/charges.ts';
import { givenBackOf, insertPayout } from '../store/payouts.ts';
import { findTransaction, insertTransactions, type NewTransaction } from '../store/transactions.ts';
import { findWallet } from '../store/wallets.ts';
import { audited, auditedRefusal, transactionUpdated } from '../told.ts';
import { decimalOf, transactionBody } from '../wire.ts';

type Ports = Pick<
  PaymentsPorts,
  'databases' | 'clock' | 'idempotency' | 'outbox' | 'log' | 'publicUrl' | 'refundGateways' | 'ruleMeters'
>;

export type RefundDeposit = {
  readonly depositId: TransactionId;
  /** A decimal string in the deposit's currency; what is left of it when undefined. */
  readonly amount: string | undefined;
};

/**
 * Gives a deposit, or a part of it, back to whom it came from: the sum is held in the wallet, and the event starts the
 * workflow that has the gateway return it. Refunds of one deposit wait for each other, and together never exceed it. They
 * count against no limit, since the money goes nowhere but where it came from.
 *
 * @throws {AppError} NOT_FOUND, CONFLICT when it never arrived, less is left of it, its gateway gives nothing back or its
 *   owner is barred, INSUFFICIENT_FUNDS when it was spent, VALIDATION_ERROR.
 */
export function makeRefundDeposit(ports: Ports) {
  const { databases, clock, idempotency, outbox, publicUrl } = ports;
  const core = databases.of('core');

  return async (
    caller: Caller,
    { depositId, amount }: RefundDeposit,
    key: IdempotencyKey | undefined,
  ): Promise<TransactionBody> => {
    const seen = await findDeposit(core, depositId);
    if (seen?.user_id !== caller.userId) throw new AppError('NOT_FOUND', { message: 'There is no such transaction' });
    const wanted = amount === undefined ? undefined : positiveMoney(amount, seen.currency);
    if (typeof wanted === 'string') throw invalid('amount', wanted);
    const wantedMinor = wanted?.minor;
    const wallet = (await findWallet(core, seen.wallet_id, caller.userId))!;
    const id = newId<TransactionId>('core');
    const holdId = newId<Brand<string, 'HoldId'>>('core');
    const at = clock();

    async function heldAndNoted(tx: Tx): Promise<TransactionBody> {
      await assertNotBarred(tx, caller.userId);
      const deposit = (await lockDeposit(tx, depositId))!;
      const minor = refundable(deposit, await givenBackOf(tx, depositId), wantedMinor);
      if (!ports.refundGateways.some(({ name }) => name === deposit.gateway)) {
        throw new AppError('CONFLICT', { message: 'What was paid this way cannot be given back' });
      }
      const spending = periodsAt(at, caller.country);
      const hold = { id: holdId, accountId: wallet.id, holdAccountId: wallet.hold_account_id, minor, spending };
      const outcome = await placeHold(tx, hold);
      if (outcome !== 'posted') throw refusal(outcome);
      const made: NewTransaction = {
        id,
        walletId: wallet.id,
        userId: caller.userId,
        type: 'refund',
        minor,
        currency: deposit.currency,
        status: 'processing',
        actor: caller.userId,
        at,
        refundOf: depositId,
      };
      await insertTransactions(tx, [made]);
      const { gateway, payment_method: method } = deposit;
      await insertPayout(tx, { transactionId: id, kind: 'refund', gateway, method, holdId, depositId });
      const facts = { amount: decimalOf(minor, deposit.currency), currency: deposit.currency, depositId };
      await outbox.append(tx, {
        events: [
          happened(PayoutRequested, id, { transaction_id: id, kind: 'refund', gateway }),
          transactionUpdated({ ...made, returnsDeposit: true }),
        ],
        audit: [audited({ actor: caller.userId, action: 'payments.refund_requested', subject: id, facts })],
      });
      return transactionBody((await findTransaction(tx, id, caller.userId))!, publicUrl);
    }

    try {
      const reply = await core.transaction((tx) =>
        idempotency.run(tx, { userId: caller.userId, call: 'refundTransaction', key }, async () => ({
          status: 201,
          body: await heldAndNoted(tx),
        })),
      );
      return reply.body;
    } catch (error) {
      const entry = { actor: caller.userId, action: 'payments.refund_requested', subject: depositId };
      return await auditedRefusal(ports, entry, error);
    }
  };
}

/** How much is given back when `wanted` is asked for, or what is left. */
function refundable(deposit: DepositRow, givenBack: bigint, wanted: bigint | undefined): bigint {
  if (deposit.status !== 'completed' || deposit.gateway_charge_id === null) {
    throw new AppError('CONFLICT', { message: 'Only a deposit that has arrived can be given back' });
  }
  const left = deposit.amount - givenBack;
  if (left > 0n && (wanted ?? left) <= left) return wanted ?? left;
  const details = `${decimalOf(left, deposit.currency)} ${deposit.currency} of the deposit can still be given back`;
  throw new AppError('CONFLICT', { message: 'This is more than is left of the deposit', details });
}
