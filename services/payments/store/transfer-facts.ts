import type { UserId, WalletId } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import { type Sql, statement } from '#shared/sql.ts';

/** What a transfer is judged by before any lock is taken. */
export type TransferFacts = {
  /** Null when the wallet is none of the sender's. */
  readonly sender_wallet_id: WalletId | null;
  readonly sender_currency: Currency | null;
  /** Null while the recipient has no open wallet of that currency. */
  readonly recipient_wallet_id: WalletId | null;
  readonly paid_before: boolean;
};

export type TransferParties = {
  readonly walletId: WalletId;
  readonly senderId: UserId;
  readonly recipientId: UserId;
  readonly currency: Currency;
};

/** The lateral joins with their limits make every look-up one of an index, however the planner counts the arrays. */
const FACTS = statement(
  'payments.transfer-facts',
  `SELECT sender.id AS sender_wallet_id, sender.currency AS sender_currency, recipient.id AS recipient_wallet_id,
     earlier.id IS NOT NULL AS paid_before
   FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[])
     WITH ORDINALITY AS asked (wallet_id, sender_id, recipient_id, currency, place)
   LEFT JOIN LATERAL (
     SELECT wallet.id, wallet.currency FROM payments.wallets AS wallet
     WHERE wallet.id = asked.wallet_id AND wallet.user_id = asked.sender_id LIMIT 1
   ) AS sender ON true
   LEFT JOIN LATERAL (
     SELECT wallet.id FROM payments.wallets AS wallet
     JOIN payments.accounts AS account ON account.id = wallet.id AND account.status <> 'closed'
     WHERE wallet.user_id = asked.recipient_id AND wallet.currency = asked.currency LIMIT 1
   ) AS recipient ON true
   LEFT JOIN LATERAL (
     SELECT transaction.id FROM payments.transactions AS transaction
     WHERE transaction.user_id = asked.sender_id AND transaction.counterpart_id = asked.recipient_id
       AND transaction.type = 'transfer_out' LIMIT 1
   ) AS earlier ON true
   ORDER BY asked.place`,
);

/** The facts of many transfers, in their order. */
export function transferFacts(sql: Sql, parties: readonly TransferParties[]): Promise<TransferFacts[]> {
  return sql.rows<TransferFacts>(FACTS, [
    parties.map(({ walletId }) => walletId),
    parties.map(({ senderId }) => senderId),
    parties.map(({ recipientId }) => recipientId),
    parties.map(({ currency }) => currency),
  ]);
}
