import type { Caller } from '#shared/caller.ts';
import type { ReceiptBody } from '#shared/contracts/payments/statements.ts';
import { AppError } from '#shared/errors.ts';
import type { TransactionId, UserId } from '#shared/ids.ts';
import type { PaymentsPorts, Profile } from '../ports.ts';
import { findTransaction, type TransactionRow } from '../store/transactions.ts';
import { decimalOf, transactionBody } from '../wire.ts';
import { receiptNumber } from './receipt-number.ts';
import { receiptPage } from './receipt-page.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'profiles' | 'blocks' | 'publicUrl'>;

/** Those in which money leaves the caller. */
const OUTGOING = new Set<TransactionRow['type']>(['withdrawal', 'transfer_out', 'payment', 'fee']);

/**
 * Receipts of what is completed. A counterpart who has blocked the caller, or is erased, is not named.
 *
 * @throws {AppError} NOT_FOUND, CONFLICT while there is nothing to receipt
 */
export function makeGetReceipt({ databases, profiles, blocks, publicUrl }: Ports) {
  const core = databases.of('core');

  async function read(caller: Pick<Caller, 'userId'>, id: TransactionId) {
    const row = await findTransaction(core, id, caller.userId);
    if (row === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such transaction' });
    if (row.completed_at === null)
      throw new AppError('CONFLICT', { message: 'A receipt is given once it is completed' });
    const other = row.counterpart_id;
    const [people, blockers] = await Promise.all([
      profiles.find(other === null ? [row.user_id] : [row.user_id, other]),
      other === null ? [] : blocks.blockersOf(row.user_id, [other]),
    ]);
    const owner = people.find((person) => person.id === row.user_id);
    const named = (userId: UserId | null) => ({ user_id: userId, name: nameOf(people, userId, blockers) });
    const [self, counterpart] = [named(row.user_id), named(other)];
    const [payer, payee] = OUTGOING.has(row.type) ? [self, counterpart] : [counterpart, self];
    const {
      type,
      amount,
      currency,
      fees,
      exchange_rate,
      payment_method,
      description,
      reference,
      order_id,
      created_at,
    } = transactionBody(row, publicUrl);
    const receipt: ReceiptBody = {
      receipt_number: receiptNumber(row.id, row.created_at),
      transaction_id: row.id,
      type,
      payer,
      payee,
      amount,
      currency,
      fees,
      total: decimalOf(row.amount + row.processing_fee + row.conversion_fee, row.currency),
      exchange_rate,
      payment_method,
      description,
      reference,
      order_id,
      created_at,
      completed_at: row.completed_at.toISOString(),
    };
    return { receipt, owner };
  }

  return {
    getReceipt: async (caller: Pick<Caller, 'userId'>, id: TransactionId) => (await read(caller, id)).receipt,
    /** The same as a page of HTML. */
    printReceipt: async (caller: Pick<Caller, 'userId'>, id: TransactionId) => {
      const { receipt, owner } = await read(caller, id);
      return receiptPage(receipt, owner ?? { locale: 'en', timezone: 'UTC' });
    },
  };
}

function nameOf(people: readonly Profile[], userId: UserId | null, blockers: readonly UserId[]): string | null {
  if (userId === null || blockers.includes(userId)) return null;
  const name = people.find((person) => person.id === userId)?.displayName;
  return name === undefined || name === '' ? null : name;
}
