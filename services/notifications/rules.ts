import type {
  NotificationChannel,
  NotificationPriority,
  NotificationType,
} from '#shared/contracts/notifications/notification.ts';
import { DAY, HOUR, MINUTE, SECOND } from '#shared/time.ts';

/** The ways that a channel uses where nobody names others. People may switch each of them off. */
export const USUAL_WAYS: Readonly<Record<NotificationChannel, readonly NotificationType[]>> = {
  order_updates: ['in_app', 'push'],
  messaging: ['push'],
  payments: ['in_app', 'push', 'email'],
  security: ['in_app', 'push', 'email'],
  account: ['in_app', 'push', 'email'],
  announcements: ['in_app'],
};

/**
 * Templates that someone must be told of by law or for their safety: of a suspension, an erasure, an answer to an appeal.
 * They come in quiet hours, and whatever was switched off in the inbox.
 */
const REQUIRED: ReadonlySet<string> = new Set([
  'account.suspended',
  'account.restored',
  'account.appeal_decided',
  'account.deletion_scheduled',
  'account.export_ready',
  'email.confirm_address',
]);

/** Whether nothing but the recipient's being gone may keep this back. */
export function isRequired(channel: NotificationChannel, template: string): boolean {
  return channel === 'security' || REQUIRED.has(template);
}

/** Ways that make themselves heard, and so wait while it is quiet and are counted. The inbox does not. */
export function isHeard(type: NotificationType): boolean {
  return type !== 'in_app';
}

export type Cap = { readonly bucket: string; readonly max: number; readonly windowMs: number };

const CAPS: Readonly<Record<NotificationChannel, Omit<Cap, 'bucket'>>> = {
  order_updates: { max: 60, windowMs: HOUR },
  messaging: { max: 120, windowMs: HOUR },
  payments: { max: 60, windowMs: HOUR },
  // A guess at a PIN or a login each: beyond this it is someone's attack, and the inbox shows all of it.
  security: { max: 30, windowMs: HOUR },
  account: { max: 20, windowMs: DAY },
  announcements: { max: 3, windowMs: DAY },
};
/** Texts cost money, whatever they are about. */
const TEXTS: Cap = { bucket: 'sms', max: 10, windowMs: DAY };

/** How many notifications of this kind one person may hear in one window; those beyond fail with `over_cap`. */
export function capOf(type: NotificationType, channel: NotificationChannel): Cap {
  return type === 'sms' ? TEXTS : { bucket: channel, ...CAPS[channel] };
}

/** The start of the window that a moment falls in. */
export function windowStart(at: Date, windowMs: number): Date {
  return new Date(Math.floor(at.getTime() / windowMs) * windowMs);
}

/** The words of a burst gather for this long before the first push, */
export const GATHER_MS = 2 * SECOND;
/** and the next push of the same chat comes no sooner than this after the last. */
export const BUNDLE_MS = MINUTE;

/** What has not been sent by then is not news any more, unless its sender says otherwise. */
export const EXPIRES_AFTER_MS: Readonly<Record<NotificationPriority, number>> = {
  low: 3 * DAY,
  medium: 3 * DAY,
  high: 3 * DAY,
  urgent: DAY,
};

/** Reminders that one person may have waiting, by whichever ways. */
export const OWN_WAITING_MAX = 100;

/** How far ahead something may be scheduled. */
export const SCHEDULED_AHEAD_MAX_MS = 366 * DAY;

/**
 * How often a step is tried again that broke in a way that nobody foresaw. A provider that is away is tried until the
 * notification expires.
 */
export const BREAKS_MAX = 8;
/** How often one that never expires, as of the inbox, is tried while what it tells of cannot be looked up: three days. */
export const AWAY_MAX = 300;
const RETRY_FIRST_MS = 5 * SECOND;
const RETRY_PAUSE_MAX_MS = 15 * MINUTE;

/** Milliseconds before the next try after so many; 15 minutes from the sixth on. */
export function retryPauseMs(retries: number): number {
  return Math.min(RETRY_FIRST_MS * 3 ** retries, RETRY_PAUSE_MAX_MS);
}

/** How long the inbox keeps what was said, and the table what was sent. */
export const KEPT_MS = 90 * DAY;
/** How long it is known what was told: longer than any log of events is kept. */
export const TOLD_KEPT_MS = 100 * DAY;
