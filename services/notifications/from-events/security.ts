import { AuditRecorded } from '#shared/events/audit.ts';
import {
  LoggedIn,
  PhoneChanged,
  PinEnded,
  PinReset,
  PinSet,
  SecondFactorEnded,
  SecondFactorEnrolled,
  SessionRevoked,
} from '#shared/events/auth.ts';
import { dataOf, type StoredEvent } from '#shared/events/event.ts';
import { EmailChanged } from '#shared/events/notification-channels.ts';
import { UserId } from '#shared/ids.ts';
import type { Wanted } from '../create/wanted.ts';
import { type Mapping, momentOf, type Tells, tellsOf } from './mapping.ts';

/** Of locks there is no event of its own: the entries that auditors find tell of them. */
const LOCKS: ReadonlyMap<string, string> = new Map([
  ['auth.pin_locked', 'pin_locked'],
  // Tries by whoever has the number, and none of the owner's devices.
  ['auth.strangers_locked', 'pin_guessed'],
]);

const tell = tellsOf('security', { channel: 'security', priority: 'urgent' });
const alert: Tells = (event, recipientId, what, variables, data) =>
  tell(event, recipientId, what, { ...variables, at: momentOf(event) }, data);

/** What may be somebody else at work. Nobody can switch these off. */
export const securityAlerts: Mapping = {
  types: [
    LoggedIn.type,
    PinSet.type,
    PinReset.type,
    PinEnded.type,
    PhoneChanged.type,
    EmailChanged.type,
    SessionRevoked.type,
    SecondFactorEnrolled.type,
    SecondFactorEnded.type,
    AuditRecorded.type,
  ],
  wanted: (event) => {
    const login = dataOf(LoggedIn, event);
    if (login !== undefined) {
      if (!login.new_device) return [];
      const device = { $ref: 'device', id: login.session_id, for: login.user_id };
      return [alert(event, login.user_id, 'new_device', { device }, { session_id: login.session_id })];
    }
    const pin = dataOf(PinSet, event);
    if (pin !== undefined) {
      // A first PIN so late may be that of somebody who has stolen the number.
      const isExpected = pin.is_first && pin.in_first_day !== false;
      return isExpected ? [] : [alert(event, pin.user_id, 'pin_changed')];
    }
    const changed = dataOf(PinReset, event);
    if (changed !== undefined) return [alert(event, changed.user_id, 'pin_changed')];
    const phone = dataOf(PhoneChanged, event);
    if (phone !== undefined) return [alert(event, phone.user_id, 'phone_changed')];
    const mail = dataOf(EmailChanged, event);
    if (mail !== undefined) {
      // The mail goes to the address that it was.
      const told = alert(event, mail.recipient_id, 'email_changed', {}, { change_id: mail.change_id });
      return [{ ...told, hasOwnAddress: true }];
    }
    const factor = dataOf(SecondFactorEnrolled, event) ?? dataOf(SecondFactorEnded, event);
    if (factor !== undefined) return [alert(event, factor.user_id, 'second_factor_changed')];
    return locked(event) ?? ended(event);
  },
};

function locked(event: StoredEvent): Wanted[] | undefined {
  const over = dataOf(PinEnded, event);
  if (over !== undefined) return [alert(event, over.user_id, 'pin_locked')];
  const entry = dataOf(AuditRecorded, event);
  if (entry === undefined) return undefined;
  const userId = UserId.safeParse(entry.subject);
  const what = LOCKS.get(entry.action);
  return what !== undefined && userId.success ? [alert(event, userId.data, what)] : [];
}

/** Of sessions that ended only those tell something new that their owner did not end. */
function ended(event: StoredEvent): Wanted[] {
  const session = dataOf(SessionRevoked, event);
  if (session?.reason !== 'refresh_token_reused') return [];
  return [
    alert(event, session.user_id, 'sessions_ended', { reason: session.reason }, { session_id: session.session_id }),
  ];
}
