import * as accountLife from './account-life.ts';
import * as audit from './audit.ts';
import * as authContacts from './auth-contacts.ts';
import * as auth from './auth.ts';
import * as commerce from './commerce.ts';
import * as dialogLife from './dialog-life.ts';
import type { EventKind } from './event.ts';
import * as media from './media.ts';
import * as messaging from './messaging.ts';
import * as notificationChannels from './notification-channels.ts';
import * as notifications from './notifications.ts';
import * as otpGuards from './otp-guards.ts';
import * as payments from './payments.ts';
import * as paymentsPayouts from './payments-payouts.ts';
import * as paymentsTrade from './payments-trade.ts';
import * as paymentsReconciliation from './payments-reconciliation.ts';
import * as verification from './verification.ts';

/** Every file of this folder that declares events; a test finds one that is missing here. */
const FILES: readonly object[] = [
  accountLife,
  audit,
  auth,
  authContacts,
  commerce,
  dialogLife,
  media,
  messaging,
  notificationChannels,
  notifications,
  otpGuards,
  payments,
  paymentsReconciliation,
  paymentsPayouts,
  paymentsTrade,
  verification,
];

function isEventKind(value: unknown): value is EventKind {
  return typeof value === 'object' && value !== null && 'type' in value && 'written' in value && 'earlier' in value;
}

/** Every kind of event of the product, by its type. */
export const EVENT_KINDS: ReadonlyMap<string, EventKind> = new Map(
  FILES.flatMap((file) => Object.values<unknown>({ ...file }))
    .filter(isEventKind)
    .toSorted((a, b) => (a.type < b.type ? -1 : 1))
    .map((kind) => [kind.type, kind]),
);

/** The domain whose service writes an event: `auth` for `auth.logged_in`. */
export function domainOf(type: string): string {
  return type.slice(0, type.indexOf('.'));
}

/** The domains that tell of something, with their kinds. */
export const EVENT_DOMAINS: ReadonlyMap<string, readonly EventKind[]> = Map.groupBy(EVENT_KINDS.values(), ({ type }) =>
  domainOf(type),
);
