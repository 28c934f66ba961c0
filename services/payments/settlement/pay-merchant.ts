import type { TransactionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Sql, Tx } from '#shared/sql.ts';
import { periodsAt } from '../calendar.ts';
import { walletOpened } from '../create-wallet.ts';
import { houseAccountId } from '../ledger/house-accounts.ts';
import { type Leg, postOne, refusal } from '../ledger/post.ts';
import { ORDER_ACTOR } from '../order/told-of-order.ts';
import type { PaymentsPorts } from '../ports.ts';
import { moveOrderPayment, type TakenRow } from '../store/order-payments.ts';
import { insertTransactions, type NewTransaction } from '../store/transactions.ts';
import { openWallet } from '../store/wallets.ts';
import { audited, transactionUpdated } from '../told.ts';
import { decimalOf } from '../wire.ts';
import { merchantFees, NO_FEES } from './fee-rules.ts';
import { addOrderLine, homeOf } from './write-lines.ts';

type Ports = Pick<PaymentsPorts, 'clock' | 'outbox' | 'checkouts' | 'settlement'>;

/** Whose order it is; what can be known of it before it is locked. */
type Seen = Pick<TakenRow, 'order_id' | 'merchant_id' | 'currency'>;

/** Accounts and facts that a payment to a merchant needs, looked up before its transaction. */
export type Payout = {
  readonly payableId: string;
  readonly feesId: string;
  /** Where the tax on our fee waits to be paid to the merchant's country. */
  readonly taxId: string;
  readonly category: string | undefined;
};

export async function preparePayout({ checkouts }: Pick<Ports, 'checkouts'>, core: Sql, seen: Seen): Promise<Payout> {
  const { merchant_id: owner, currency } = seen;
  return {
    payableId: await houseAccountId(core, { kind: 'merchant_payable', owner, currency }),
    feesId: await houseAccountId(core, { kind: 'fees', owner: '', currency }),
    taxId: await houseAccountId(core, { kind: 'fees', owner: `tax ${homeOf(owner)}`, currency }),
    category: await checkouts.categoryOf(seen.order_id),
  };
}

/**
 * Pays a merchant what is left of a captured order, with the order locked: one transfer out of what they are owed, whose
 * legs are their net, our fee and the tax on it.
 */
export async function payMerchant(ports: Ports, tx: Tx, taken: TakenRow, payout: Payout): Promise<void> {
  const at = ports.clock();
  const id = newId<TransactionId>('core');
  const { merchant_id: merchantId, order_id: orderId, currency } = taken;
  const country = homeOf(merchantId);
  const left = taken.amount - taken.refunded;
  const { day } = periodsAt(at, country);
  const fees =
    ports.settlement.fees === 'none'
      ? NO_FEES
      : merchantFees({ country, currency, category: payout.category, day }, left);
  const fee = fees.commission + fees.processing;
  const net = left - fee - fees.tax;

  const wallet = await openWallet(tx, merchantId, currency, false);
  const legs: Leg[] = [
    { accountId: payout.payableId, minor: -left },
    { accountId: wallet.id, minor: net },
    { accountId: payout.feesId, minor: fee },
    { accountId: payout.taxId, minor: fees.tax },
  ];
  const outcome = await postOne(tx, { id, kind: 'settlement', legs: legs.filter(({ minor }) => minor !== 0n) });
  if (outcome !== 'posted') throw refusal(outcome);

  const made: NewTransaction = {
    id,
    walletId: wallet.id,
    userId: merchantId,
    type: 'transfer_in',
    minor: net,
    currency,
    processingFee: fee + fees.tax,
    status: 'completed',
    actor: ORDER_ACTOR,
    at,
    transferId: id,
    counterpartId: taken.customer_id,
    orderId,
    reference: 'order_settled',
  };
  await insertTransactions(tx, [made]);
  await moveOrderPayment(tx, orderId, { status: 'settled', at });
  await addOrderLine(tx, taken, {
    transferId: id,
    transactionId: id,
    gross: taken.amount,
    refunded: taken.refunded,
    fees,
    net,
    at,
  });

  const opened = wallet.opened ? walletOpened(wallet.id, merchantId, currency, 'system') : { events: [], audit: [] };
  const facts = { amount: decimalOf(net, currency), fee: decimalOf(fee + fees.tax, currency), currency };
  await ports.outbox.append(tx, {
    events: [...opened.events, transactionUpdated(made)],
    audit: [
      ...opened.audit,
      audited({ actor: ORDER_ACTOR, action: 'payments.order_settled', subject: orderId, facts }),
    ],
  });
}
