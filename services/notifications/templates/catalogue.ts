import type { NotificationChannel } from '#shared/contracts/notifications/notification.ts';
import { invalid } from '#shared/errors.ts';
import { accountAppealDecided } from './catalogue/account/appeal-decided.ts';
import { accountDeletionScheduled } from './catalogue/account/deletion-scheduled.ts';
import { accountExportReady } from './catalogue/account/export-ready.ts';
import { accountRestored } from './catalogue/account/restored.ts';
import { accountSuspended } from './catalogue/account/suspended.ts';
import { emailConfirmAddress } from './catalogue/email/confirm-address.ts';
import { kybApproved } from './catalogue/kyb/approved.ts';
import { kybRejected } from './catalogue/kyb/rejected.ts';
import { kycApproved } from './catalogue/kyc/approved.ts';
import { kycExpiring } from './catalogue/kyc/expiring.ts';
import { kycLapsed } from './catalogue/kyc/lapsed.ts';
import { kycMoreNeeded } from './catalogue/kyc/more-needed.ts';
import { kycRejected } from './catalogue/kyc/rejected.ts';
import { messagingAddedToGroup } from './catalogue/messaging/added-to-group.ts';
import { messagingMentioned } from './catalogue/messaging/mentioned.ts';
import { messagingNewMessages } from './catalogue/messaging/new-messages.ts';
import { opsAnnouncement } from './catalogue/ops/announcement.ts';
import { ordersCancelled } from './catalogue/orders/cancelled.ts';
import { ordersConfirmReminder } from './catalogue/orders/confirm-reminder.ts';
import { ordersConfirmed } from './catalogue/orders/confirmed.ts';
import { ordersDelivered } from './catalogue/orders/delivered.ts';
import { ordersPlaced } from './catalogue/orders/placed.ts';
import { ordersRefunded } from './catalogue/orders/refunded.ts';
import { ordersReturnRequested } from './catalogue/orders/return-requested.ts';
import { ordersSettled } from './catalogue/orders/settled.ts';
import { ordersShipped } from './catalogue/orders/shipped.ts';
import { paymentsDepositCompleted } from './catalogue/payments/deposit-completed.ts';
import { paymentsDepositFailed } from './catalogue/payments/deposit-failed.ts';
import { paymentsDepositReturned } from './catalogue/payments/deposit-returned.ts';
import { paymentsMoneyReceived } from './catalogue/payments/money-received.ts';
import { paymentsMoneyRequestDeclined } from './catalogue/payments/money-request-declined.ts';
import { paymentsMoneyRequested } from './catalogue/payments/money-requested.ts';
import { paymentsMoneySent } from './catalogue/payments/money-sent.ts';
import { paymentsRefundReceived } from './catalogue/payments/refund-received.ts';
import { paymentsWalletFrozen } from './catalogue/payments/wallet-frozen.ts';
import { paymentsWalletUnfrozen } from './catalogue/payments/wallet-unfrozen.ts';
import { paymentsConverted } from './catalogue/payments/converted.ts';
import { paymentsWithdrawalCompleted } from './catalogue/payments/withdrawal-completed.ts';
import { paymentsWithdrawalFailed } from './catalogue/payments/withdrawal-failed.ts';
import { securityEmailChanged } from './catalogue/security/email-changed.ts';
import { securityNewDevice } from './catalogue/security/new-device.ts';
import { securityPhoneChanged } from './catalogue/security/phone-changed.ts';
import { securityPinChanged } from './catalogue/security/pin-changed.ts';
import { securityPinGuessed } from './catalogue/security/pin-guessed.ts';
import { securityPinLocked } from './catalogue/security/pin-locked.ts';
import { securitySecondFactorChanged } from './catalogue/security/second-factor-changed.ts';
import { securitySessionsEnded } from './catalogue/security/sessions-ended.ts';
import { type Template, type Way, waysOfTemplate } from './template.ts';

/** Every template by its name. What a person is told is in one file each, in all six languages. */
export const CATALOGUE = {
  'messaging.new_messages': messagingNewMessages,
  'messaging.mentioned': messagingMentioned,
  'messaging.added_to_group': messagingAddedToGroup,
  'security.new_device': securityNewDevice,
  'security.pin_changed': securityPinChanged,
  'security.pin_guessed': securityPinGuessed,
  'security.pin_locked': securityPinLocked,
  'security.phone_changed': securityPhoneChanged,
  'security.email_changed': securityEmailChanged,
  'security.sessions_ended': securitySessionsEnded,
  'security.second_factor_changed': securitySecondFactorChanged,
  'payments.money_received': paymentsMoneyReceived,
  'payments.money_sent': paymentsMoneySent,
  'payments.deposit_completed': paymentsDepositCompleted,
  'payments.deposit_failed': paymentsDepositFailed,
  'payments.deposit_returned': paymentsDepositReturned,
  'payments.withdrawal_completed': paymentsWithdrawalCompleted,
  'payments.withdrawal_failed': paymentsWithdrawalFailed,
  'payments.converted': paymentsConverted,
  'payments.wallet_frozen': paymentsWalletFrozen,
  'payments.wallet_unfrozen': paymentsWalletUnfrozen,
  'payments.money_requested': paymentsMoneyRequested,
  'payments.money_request_declined': paymentsMoneyRequestDeclined,
  'payments.refund_received': paymentsRefundReceived,
  'orders.placed': ordersPlaced,
  'orders.confirm_reminder': ordersConfirmReminder,
  'orders.confirmed': ordersConfirmed,
  'orders.shipped': ordersShipped,
  'orders.delivered': ordersDelivered,
  'orders.cancelled': ordersCancelled,
  'orders.refunded': ordersRefunded,
  'orders.return_requested': ordersReturnRequested,
  'orders.settled': ordersSettled,
  'kyc.approved': kycApproved,
  'kyc.rejected': kycRejected,
  'kyc.more_needed': kycMoreNeeded,
  'kyc.expiring': kycExpiring,
  'kyc.lapsed': kycLapsed,
  'kyb.approved': kybApproved,
  'kyb.rejected': kybRejected,
  'account.suspended': accountSuspended,
  'account.restored': accountRestored,
  'account.appeal_decided': accountAppealDecided,
  'account.deletion_scheduled': accountDeletionScheduled,
  'account.export_ready': accountExportReady,
  'email.confirm_address': emailConfirmAddress,
  'ops.announcement': opsAnnouncement,
} as const satisfies Readonly<Record<string, Template>>;

export type TemplateName = keyof typeof CATALOGUE;

export const TEMPLATE_NAMES = Object.keys(CATALOGUE) as TemplateName[];

/** @throws {AppError} VALIDATION_ERROR when there is no such template */
export function templateNamed(name: string): TemplateName {
  if (!isTemplateName(name)) throw invalid('template', 'is not in the catalogue');
  return name;
}

/** What a template is about; undefined when there is none of this name. */
export function channelOf(name: string): NotificationChannel | undefined {
  return isTemplateName(name) ? CATALOGUE[name].channel : undefined;
}

/** The ways that it may take; none when there is no such template. */
export function waysOf(name: string): readonly Way[] {
  return isTemplateName(name) ? waysOfTemplate(CATALOGUE[name]) : [];
}

function isTemplateName(name: string): name is TemplateName {
  return Object.hasOwn(CATALOGUE, name);
}
