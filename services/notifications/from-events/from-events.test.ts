import { expect, test } from 'vitest';
import { AccountRestored, AccountSuspended, ErasureRequested, ExportReady } from '#shared/events/account-life.ts';
import { AuditRecorded } from '#shared/events/audit.ts';
import { LoggedIn, PhoneChanged, PinSet, SessionRevoked } from '#shared/events/auth.ts';
import { OrderPlaced, OrderUpdated } from '#shared/events/commerce.ts';
import { MembersEntered } from '#shared/events/dialog-life.ts';
import { type EventKind, happened, type StoredEvent } from '#shared/events/event.ts';
import {
  ConversionPosted,
  MoneyRequestUpdated,
  TransactionUpdated,
  TransferPosted,
  WalletUpdated,
} from '#shared/events/payments.ts';
import { CASE_STEPS, CaseChanged } from '#shared/events/verification.ts';
import { HOUR } from '#shared/time.ts';
import { isReference } from '../references.ts';
import { CATALOGUE } from '../templates/catalogue.ts';
import { accountLife } from './account.ts';
import { newMembers } from './dialogs.ts';
import type { Mapping } from './mapping.ts';
import { orderSteps } from './orders.ts';
import { paymentReceipts } from './payments.ts';
import { securityAlerts } from './security.ts';
import { verificationSteps } from './verification.ts';

const ID = '01890a5d-ac96-774b-8cce-1302099a8057';
const OTHER = '01890a5d-ac96-774b-8cce-1302099a8058';
const AT = new Date('2026-11-24T10:00:00.000Z');
const account = accountLife({ exportKeptForMs: HOUR });

function event(kind: EventKind, data: Record<string, unknown>): StoredEvent {
  const made = happened(kind, data[kind.key!] as string, data);
  return { id: OTHER, type: made.type, version: made.version, aggregateId: made.aggregateId, occurredAt: AT, data };
}

/** What a mapping tells, to whom, by name of the template; its variables are held to the template's. */
function told(mapping: Mapping, kind: EventKind, data: Record<string, unknown>) {
  expect(mapping.types).toContain(kind.type);
  return mapping.wanted(event(kind, data)).map(({ template, recipientId, channel, variables, types }) => {
    const { variables: declared, channel: own } = CATALOGUE[template as keyof typeof CATALOGUE];
    expect(channel).toBe(own);
    const names = Object.keys(declared).map((name) => name.replace('?', ''));
    expect(names).toEqual(expect.arrayContaining(Object.keys(variables)));
    const needed = Object.keys(declared).filter((name) => !name.endsWith('?'));
    expect(Object.keys(variables)).toEqual(expect.arrayContaining(needed));
    // Names and the like are looked up, never carried.
    for (const [name, kindOf] of Object.entries(declared)) {
      if (kindOf === 'name' && name in variables) expect(isReference(variables[name])).toBe(true);
    }
    return { template, to: recipientId, types };
  });
}

const session = { user_id: ID, session_id: OTHER, country: 'TH' };

test('a login on a known device, a first PIN and a session that its owner ended are nothing to be told of', () => {
  expect(told(securityAlerts, LoggedIn, { ...session, new_device: false })).toEqual([]);
  expect(told(securityAlerts, PinSet, { user_id: ID, is_first: true })).toEqual([]);
  expect(told(securityAlerts, PinSet, { user_id: ID, is_first: true, in_first_day: true })).toEqual([]);
  const ended = { user_id: ID, session_id: OTHER, reason: 'revoked_by_user' };
  expect(told(securityAlerts, SessionRevoked, ended)).toEqual([]);
  expect(told(securityAlerts, AuditRecorded, audit('auth.pin_refused'))).toEqual([]);
});

test('a first PIN that comes later than on the first day of its account is told of', () => {
  expect(told(securityAlerts, PinSet, { user_id: ID, is_first: true, in_first_day: false })).toMatchObject([
    { template: 'security.pin_changed', to: ID },
  ]);
});

test('a new device, another PIN, a lock, another number and a stolen token are', () => {
  const names = [
    told(securityAlerts, LoggedIn, { ...session, new_device: true }),
    told(securityAlerts, PinSet, { user_id: ID, is_first: false }),
    told(securityAlerts, AuditRecorded, audit('auth.pin_locked')),
    told(securityAlerts, AuditRecorded, audit('auth.strangers_locked')),
    told(securityAlerts, PhoneChanged, { user_id: ID, change_id: OTHER, country: 'TH' }),
    told(securityAlerts, SessionRevoked, { user_id: ID, session_id: OTHER, reason: 'refresh_token_reused' }),
  ];
  expect(names.flat().map(({ template }) => template)).toEqual([
    'security.new_device',
    'security.pin_changed',
    'security.pin_locked',
    'security.pin_guessed',
    'security.phone_changed',
    'security.sessions_ended',
  ]);
});

function audit(action: string) {
  return { actor: ID, action, subject: ID, region: 'TH', outcome: 'refused', facts: {} };
}

test('both sides of a transfer have their receipt', () => {
  const transfer = {
    transaction_id: OTHER,
    recipient_transaction_id: ID,
    sender_id: ID,
    recipient_id: OTHER,
    amount: '100.00',
    currency: 'THB',
  };
  expect(told(paymentReceipts, TransferPosted, transfer)).toMatchObject([
    { template: 'payments.money_received', to: OTHER },
    { template: 'payments.money_sent', to: ID },
  ]);
});

test('an exchange has one receipt, with both sums', () => {
  const exchange = {
    transaction_id: ID,
    to_transaction_id: OTHER,
    user_id: ID,
    from: 'THB',
    to: 'VND',
    amount: '100.00',
    fee: '0.40',
    receive_amount: '80784',
    rate: '807.84',
  };
  expect(told(paymentReceipts, ConversionPosted, exchange)).toMatchObject([{ template: 'payments.converted', to: ID }]);
  expect(
    told(paymentReceipts, TransactionUpdated, {
      transaction_id: ID,
      user_id: ID,
      wallet_id: OTHER,
      type: 'conversion',
      status: 'completed',
      amount: '100.00',
      currency: 'THB',
    }),
  ).toEqual([]);
});

test('of transactions only the ends that people wait for are told', () => {
  const transaction = { transaction_id: ID, user_id: ID, wallet_id: OTHER, amount: '100.00', currency: 'THB' };
  const of = (type: string, status: string) =>
    told(paymentReceipts, TransactionUpdated, { ...transaction, type, status }).map(({ template }) => template);
  expect(of('deposit', 'pending')).toEqual([]);
  expect(of('transfer_in', 'completed')).toEqual([]);
  expect(of('deposit', 'completed')).toEqual(['payments.deposit_completed']);
  expect(of('deposit', 'expired')).toEqual(['payments.deposit_failed']);
  expect(of('withdrawal', 'completed')).toEqual(['payments.withdrawal_completed']);
  expect(of('withdrawal', 'failed')).toEqual(['payments.withdrawal_failed']);
  expect(of('refund', 'completed')).toEqual(['payments.refund_received']);
  expect(of('refund', 'failed')).toEqual([]);
  const returned = { ...transaction, type: 'refund', status: 'completed', returns_deposit: true };
  expect(told(paymentReceipts, TransactionUpdated, returned)).toMatchObject([
    { template: 'payments.deposit_returned' },
  ]);
});

const order = { order_id: ID, shop_id: OTHER, customer_id: ID, owner_id: OTHER };

test('steps of an order go to the side that waits for them', () => {
  const of = (step: string) =>
    told(orderSteps, OrderUpdated, { ...order, status: 'confirmed', payment_status: 'paid', step }).map(
      ({ template, to }) => `${template} ${to === ID ? 'customer' : 'merchant'}`,
    );
  expect(of('pack')).toEqual([]);
  expect(of('payment')).toEqual(['orders.placed merchant']);
  expect(of('confirm')).toEqual(['orders.confirmed customer']);
  expect(of('ship')).toEqual(['orders.shipped customer']);
  expect(of('deliver')).toEqual(['orders.delivered customer']);
  expect(of('settle')).toEqual(['orders.settled merchant']);
  expect(of('return')).toEqual(['orders.return_requested merchant']);
  expect(of('refund')).toEqual(['orders.refunded customer']);
  expect(of('cancel')).toEqual(['orders.cancelled customer', 'orders.cancelled merchant']);
});

test('a merchant is to be reminded before the time to confirm is over, and not after', () => {
  const placed = { ...order, wallet_id: OTHER, amount: '100.00', currency: 'THB' };
  const times = { confirm_within_ms: 4 * HOUR, auto_deliver_after_ms: HOUR, dispute_window_ms: HOUR };
  expect(told(orderSteps, OrderPlaced, { ...placed, ...times })).toMatchObject([
    { template: 'orders.confirm_reminder' },
  ]);
  const [reminder] = orderSteps.wanted(event(OrderPlaced, { ...placed, ...times }));
  expect(reminder!.scheduledAt).toEqual(new Date(AT.getTime() + 3 * HOUR));
  expect(reminder!.expiresAt).toEqual(new Date(AT.getTime() + 4 * HOUR));
});

test('decisions about people and shops are told, steps in between are not', () => {
  const of = (kind: 'kyc' | 'kyb', step: string) => {
    const shop_id = kind === 'kyb' ? OTHER : null;
    const change = { case_id: ID, kind, owner_id: ID, shop_id, status: 'pending', step };
    return told(verificationSteps, CaseChanged, change).map(({ template }) => template);
  };
  const kyc = CASE_STEPS.flatMap((step) => of('kyc', step));
  expect(kyc.toSorted()).toEqual(['kyc.approved', 'kyc.expiring', 'kyc.lapsed', 'kyc.more_needed', 'kyc.rejected']);
  expect(of('kyb', 'verified')).toEqual(['kyb.approved']);
  expect(of('kyb', 'rejected')).toEqual(['kyb.rejected']);
});

test('what becomes of an account is told', () => {
  const request = { user_id: ID, country: 'TH', request_id: OTHER };
  expect(told(account, AccountSuspended, { user_id: ID, country: 'TH' })).toMatchObject([
    { template: 'account.suspended' },
  ]);
  for (const [is_suspended, template] of [
    [true, 'account.suspended'],
    [false, 'account.restored'],
  ] as const) {
    const back = { user_id: ID, country: 'TH', is_suspended };
    expect(told(account, AccountRestored, back)).toMatchObject([{ template }]);
  }
  expect(
    told(account, ErasureRequested, { ...request, erase_at: AT.toISOString(), ask_again_after_ms: 1 }),
  ).toMatchObject([{ template: 'account.deletion_scheduled' }]);
  expect(told(account, ExportReady, request)).toMatchObject([{ template: 'account.export_ready' }]);
  expect(told(account, AuditRecorded, audit('auth.account_appeal_rejected'))).toMatchObject([
    { template: 'account.appeal_decided' },
  ]);
});

test('whom somebody adds to a group is told, and who joins by themselves is not', () => {
  const entered = (by: string) => told(newMembers, MembersEntered, { dialog_id: OTHER, by, user_ids: [ID] });
  expect(entered(OTHER)).toMatchObject([{ template: 'messaging.added_to_group', to: ID }]);
  expect(entered(ID)).toEqual([]);
});

test('people are told what others did to their wallets, and not what they did themselves', () => {
  const wallet = { wallet_id: OTHER, user_id: ID, currency: 'THB' };
  const by = (step: string, status: string) =>
    told(paymentReceipts, WalletUpdated, { ...wallet, step, status }).map(({ template, to }) => [template, to]);
  expect(by('frozen', 'suspended')).toEqual([['payments.wallet_frozen', ID]]);
  expect(by('unfrozen', 'active')).toEqual([['payments.wallet_unfrozen', ID]]);
  expect(by('closed', 'closed')).toEqual([]);
  expect(by('made_primary', 'active')).toEqual([]);
});

test('who is asked for money is told, and who asked is told when it was declined', () => {
  const asked = { request_id: OTHER, requester_id: ID, payer_id: OTHER, amount: '12.50', currency: 'THB' };
  const of = (status: string) =>
    told(paymentReceipts, MoneyRequestUpdated, { ...asked, status }).map(({ template, to }) => [template, to]);
  expect(of('open')).toEqual([['payments.money_requested', OTHER]]);
  expect(of('declined')).toEqual([['payments.money_request_declined', ID]]);
  // Paid is told as money that came, and what was taken back is nothing to be told of.
  expect([...of('paid'), ...of('cancelled')]).toEqual([]);
});
