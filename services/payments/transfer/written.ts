import { type AuditEntry, happened, type NewEvent } from '#shared/events/event.ts';
import { TransferPosted } from '#shared/events/payments.ts';
import type { WalletId } from '#shared/ids.ts';
import type { NewTransaction } from '../store/transactions.ts';
import { audited, transactionUpdated } from '../told.ts';
import { decimalOf, PLAIN } from '../wire.ts';
import type { AskedTransfer } from './asked.ts';

/** A transfer as it is written when it is posted: the transactions of payer and payee, and what is told of it. */
export type Written = {
  readonly out: NewTransaction;
  readonly into: NewTransaction;
  readonly events: readonly NewEvent[];
  readonly audit: AuditEntry;
};

export function written({ caller, asked, ids, at }: AskedTransfer, recipientWalletId: WalletId): Written {
  const { walletId, recipientId, money, description, reference } = asked;
  const actor = caller.userId;
  const shared = { ...money, status: 'completed', actor, at, transferId: ids.out, description, reference } as const;
  const out: NewTransaction = {
    ...shared,
    id: ids.out,
    walletId,
    userId: actor,
    type: 'transfer_out',
    counterpartId: recipientId,
  };
  const into: NewTransaction = {
    ...shared,
    id: ids.in,
    walletId: recipientWalletId,
    userId: recipientId,
    type: 'transfer_in',
    counterpartId: actor,
  };
  const amount = decimalOf(money.minor, money.currency);
  const posted = happened(TransferPosted, out.id, {
    transaction_id: out.id,
    recipient_transaction_id: into.id,
    sender_id: actor,
    recipient_id: recipientId,
    amount,
    currency: money.currency,
  });
  return {
    out,
    into,
    events: [posted, transactionUpdated(out), transactionUpdated(into)],
    audit: audited({
      actor,
      action: 'payments.transferred',
      subject: out.id,
      facts: { amount, currency: money.currency },
    }),
  };
}

/** A transaction as it reads back right after it was written. */
export function rowOf(made: NewTransaction) {
  return {
    ...PLAIN,
    id: made.id,
    wallet_id: made.walletId,
    user_id: made.userId,
    type: made.type,
    currency: made.currency,
    amount: made.minor,
    status: made.status,
    counterpart_id: made.counterpartId ?? null,
    description: made.description ?? null,
    reference: made.reference ?? null,
    created_at: made.at,
    updated_at: made.at,
    completed_at: made.at,
  };
}
