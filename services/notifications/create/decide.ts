import type { NotificationChannel, NotificationType } from '#shared/contracts/notifications/notification.ts';
import type { Recipient } from '../ports.ts';
import { BEGINNING, isOn } from '../preferences.ts';
import { quietUntil } from '../quiet-hours.ts';
import { isHeard, isRequired } from '../rules.ts';
import type { PreferencesRow } from '../store/preferences.ts';

/** Why someone is not told. */
export type Refusal = 'switched_off' | 'no_consent' | 'recipient_gone';

/** Whether someone is to be told by a way, and from when on. */
export type Decision =
  | { readonly tell: true; readonly notBefore: Date | undefined }
  | { readonly tell: false; readonly reason: Refusal };

type Question = {
  readonly channel: NotificationChannel;
  readonly template: string;
  readonly type: NotificationType;
};

/**
 * What a recipient's wishes make of a notification. Asked when it is made and again when it is sent, since people change
 * their minds and leave.
 */
export function decide(
  { channel, template, type }: Question,
  recipient: Recipient | undefined,
  wishes: PreferencesRow | undefined,
  at: Date,
): Decision {
  const { choices, has_consent: hasConsent, quiet_from: from, quiet_to: to } = wishes ?? BEGINNING;
  const required = isRequired(channel, template);
  if (recipient === undefined || (recipient.status !== 'active' && !required)) {
    return { tell: false, reason: 'recipient_gone' };
  }
  if (channel === 'announcements' && !hasConsent) return { tell: false, reason: 'no_consent' };
  if (!isOn(choices, channel, type) && !(required && type === 'in_app')) return { tell: false, reason: 'switched_off' };
  const waits = isHeard(type) && !required && from !== null && to !== null;
  return { tell: true, notBefore: waits ? quietUntil(at, recipient.timezone, { from, to }) : undefined };
}
