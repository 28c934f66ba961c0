import { happened } from '#shared/events/event.ts';
import { ConversionPosted } from '#shared/events/payments.ts';
import type { TransactionId, UserId, WalletId } from '#shared/ids.ts';
import { walletOpened } from '../create-wallet.ts';
import type { NewTransaction, TransactionRow } from '../store/transactions.ts';
import type { Opening } from '../store/wallets.ts';
import { audited, transactionUpdated } from '../told.ts';
import { decimalOf, PLAIN } from '../wire.ts';
import type { QuoteRow } from './quotes-store.ts';

/** What the source wallet and the target wallet show of a conversion. The source's has the id of the ledger's transfer. */
export function bothSides(
  userId: UserId,
  quote: QuoteRow,
  ids: { readonly from: TransactionId; readonly to: TransactionId },
  wallets: { readonly from: WalletId; readonly to: WalletId },
  at: Date,
  description: string | undefined,
): [NewTransaction, NewTransaction] {
  const shared = {
    userId,
    type: 'conversion',
    status: 'completed',
    exchangeRate: quote.rate,
    actor: userId,
    at,
    transferId: ids.from,
    description,
  } as const;
  return [
    {
      ...shared,
      id: ids.from,
      walletId: wallets.from,
      currency: quote.from_currency,
      minor: quote.amount,
      conversionFee: quote.fee,
    },
    { ...shared, id: ids.to, walletId: wallets.to, currency: quote.to_currency, minor: quote.receive_amount },
  ];
}

export function toldOfConversion(quote: QuoteRow, from: NewTransaction, to: NewTransaction, target: Opening) {
  const sums = {
    from: quote.from_currency,
    to: quote.to_currency,
    amount: decimalOf(quote.amount, quote.from_currency),
    fee: decimalOf(quote.fee, quote.from_currency),
    receive_amount: decimalOf(quote.receive_amount, quote.to_currency),
    rate: quote.rate,
  };
  const posted = happened(ConversionPosted, from.id, {
    transaction_id: from.id,
    to_transaction_id: to.id,
    user_id: from.userId,
    ...sums,
  });
  const opened = target.opened ? walletOpened(target.id, to.userId, to.currency, 'system') : { events: [], audit: [] };
  return {
    events: [...opened.events, posted, transactionUpdated(from), transactionUpdated(to)],
    audit: [
      ...opened.audit,
      audited({
        actor: from.actor,
        action: 'payments.converted',
        subject: from.id,
        facts: { ...sums, quote: quote.id, margin_bps: quote.margin_bps },
      }),
    ],
  };
}

/** The source's transaction as it is read back. */
export function rowOfSource(from: NewTransaction, to: NewTransaction, quote: QuoteRow): TransactionRow {
  return {
    ...PLAIN,
    id: from.id,
    wallet_id: from.walletId,
    user_id: from.userId,
    type: from.type,
    currency: from.currency,
    amount: from.minor,
    conversion_fee: quote.fee,
    exchange_rate: quote.rate,
    status: from.status,
    description: from.description ?? null,
    created_at: from.at,
    updated_at: from.at,
    completed_at: from.at,
    quote_id: quote.id,
    is_bought: false,
    other_transaction_id: to.id,
    other_amount: to.minor,
    other_currency: to.currency,
  };
}
