import { dataOf, type StoredEvent } from '#shared/events/event.ts';
import {
  ConversionPosted,
  MoneyRequestUpdated,
  TransactionUpdated,
  TransferPosted,
  WalletUpdated,
} from '#shared/events/payments.ts';
import type { UserId } from '#shared/ids.ts';
import type { Wanted } from '../create/wanted.ts';
import { type Mapping, tellsOf } from './mapping.ts';

/** Receipts. What is paid for an order is told with the order. */
export const paymentReceipts: Mapping = {
  types: [
    TransferPosted.type,
    ConversionPosted.type,
    TransactionUpdated.type,
    WalletUpdated.type,
    MoneyRequestUpdated.type,
  ],
  wanted: (event) => {
    const transfer = dataOf(TransferPosted, event);
    if (transfer !== undefined) {
      const { sender_id, recipient_id, transaction_id, recipient_transaction_id, amount, currency } = transfer;
      const money = { amount, currency };
      const from = { $ref: 'user', id: sender_id };
      const to = { $ref: 'user', id: recipient_id };
      return [
        receipt(event, recipient_id, 'money_received', { amount: money, from }, recipient_transaction_id),
        receipt(event, sender_id, 'money_sent', { amount: money, to }, transaction_id),
      ];
    }
    const asked = dataOf(MoneyRequestUpdated, event);
    if (asked !== undefined) return askedFor(event, asked);
    const exchange = dataOf(ConversionPosted, event);
    if (exchange !== undefined) {
      const { user_id, transaction_id, amount, from, receive_amount, to } = exchange;
      const sums = { amount: { amount, currency: from }, received: { amount: receive_amount, currency: to } };
      return [receipt(event, user_id, 'converted', sums, transaction_id)];
    }
    const wallet = dataOf(WalletUpdated, event);
    if (wallet !== undefined) return frozen(event, wallet.user_id, wallet);
    return updated(event);
  },
};

type Asked = ReturnType<typeof dataOf<typeof MoneyRequestUpdated>> & object;

/** That one is asked, and that it was declined. What is paid is told as money that came. */
function askedFor(event: StoredEvent, { request_id, requester_id, payer_id, status, ...money }: Asked): Wanted[] {
  const amount = { amount: money.amount, currency: money.currency };
  const data = { request_id };
  if (status === 'open') {
    const from = { $ref: 'user', id: requester_id };
    return [tell(event, payer_id, 'money_requested', { amount, from }, data)];
  }
  if (status !== 'declined') return [];
  const by = { $ref: 'user', id: payer_id };
  return [tell(event, requester_id, 'money_request_declined', { amount, by }, data)];
}

/** What others did to a wallet; what its owner did, they know. */
function frozen(
  event: StoredEvent,
  ownerId: UserId,
  { step, currency, wallet_id }: { readonly step: string; readonly currency: string; readonly wallet_id: string },
): Wanted[] {
  if (step !== 'frozen' && step !== 'unfrozen') return [];
  return [tell(event, ownerId, `wallet_${step}`, { currency }, { wallet_id })];
}

function updated(event: StoredEvent): Wanted[] {
  const change = dataOf(TransactionUpdated, event);
  if (change === undefined) return [];
  const { user_id, transaction_id, type, status, amount, currency } = change;
  const money = { amount: { amount, currency } };
  switch (`${type} ${status}`) {
    case 'deposit completed':
      return [receipt(event, user_id, 'deposit_completed', money, transaction_id)];
    case 'deposit failed':
    case 'deposit expired':
    case 'deposit cancelled':
      return [receipt(event, user_id, 'deposit_failed', { ...money, reason: status }, transaction_id)];
    case 'withdrawal completed':
      return [receipt(event, user_id, 'withdrawal_completed', money, transaction_id)];
    case 'withdrawal failed':
      return [receipt(event, user_id, 'withdrawal_failed', money, transaction_id)];
    case 'refund completed': {
      const what = change.returns_deposit === true ? 'deposit_returned' : 'refund_received';
      return [receipt(event, user_id, what, money, transaction_id)];
    }
    default:
      return [];
  }
}

const tell = tellsOf('payments', { channel: 'payments', priority: 'high' });

function receipt(
  event: StoredEvent,
  recipientId: UserId,
  what: string,
  variables: Readonly<Record<string, unknown>>,
  transactionId: string,
): Wanted {
  return tell(event, recipientId, what, variables, { transaction_id: transactionId });
}
