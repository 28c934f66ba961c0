import { AppError } from '#shared/errors.ts';
import { SessionRevoked } from '#shared/events/auth.ts';
import { type AuditEntry, happened, type NewEvent } from '#shared/events/event.ts';
import type { SessionId } from '#shared/ids.ts';
import type { Tx } from '#shared/sql.ts';
import { SECOND } from '#shared/time.ts';
import { forgiveFailures } from './otp-store.ts';
import { isPin } from './pin-hash.ts';
import { clearTries } from './pin-store.ts';
import { noPin, type Owner, pinEnded, type ProvePinPorts } from './prove-pin.ts';
import type { Revocations } from './revocations.ts';
import { PIN_LOCK_MS } from './rules.ts';
import { revoke } from './session-store.ts';
import { countStranger } from './stranger-store.ts';

export type StrangerPorts = ProvePinPorts & { readonly revocations: Pick<Revocations, 'announce'> };

/** Without a session it is whoever has the number of the account. */
export type Stranger = Owner & { readonly sessionId?: SessionId | undefined };

/**
 * Proves the PIN from where a thief of the number may be as well. Their wrong tries never lock the owner's PIN: five in a
 * session end it, five without a session wait for an hour, and after a hundred in a row the PIN is taken from proven devices
 * only, until it was right or is set anew.
 *
 * @param onRight as for `provePin`
 * @returns the hash of the PIN that was proven
 * @throws {AppError} PIN_INVALID; SESSION_REVOKED with the fifth wrong one of a session; PIN_LOCKED with the fifth without
 *   one, with the hundredth, and while the PIN is locked to its owner; CONFLICT without a PIN
 */
export async function proveAsStranger(
  ports: StrangerPorts,
  { userId, country, sessionId }: Stranger,
  pin: string,
  onRight: (tx: Tx) => Promise<void>,
): Promise<string> {
  const database = ports.databases.of(country);
  const counted = await database.transaction((tx) => countStranger(tx, userId, sessionId));
  if (counted.outcome === 'no pin') throw noPin();
  if (counted.outcome === 'ended') throw pinEnded();
  if (counted.outcome === 'locked') throw new AppError('PIN_LOCKED', { retryAfterS: counted.forS });
  if (counted.outcome === 'session ended') throw new AppError('SESSION_REVOKED');
  const { hash, isLast, isEnd } = counted;
  if (await isPin(ports.secrets, pin, hash)) {
    await database.transaction(async (tx) => {
      await clearTries(tx, userId, hash);
      await forgiveFailures(tx, userId);
      await onRight(tx);
    });
    return hash;
  }
  const entry = (action: string, subject: string, outcome: AuditEntry['outcome']): AuditEntry => {
    return { actor: userId, action, subject, region: country, outcome };
  };
  const action = isEnd ? 'auth.strangers_ended' : isLast ? 'auth.strangers_locked' : 'auth.pin_refused';
  const ends = isLast ? sessionId : undefined;
  await database.transaction(async (tx) => {
    const audit = [entry(action, userId, 'refused')];
    const events: NewEvent[] = [];
    const reason = 'pin_tries';
    if (ends !== undefined && (await revoke(tx, ends, userId, reason))) {
      events.push(happened(SessionRevoked, userId, { user_id: userId, session_id: ends, reason }));
      audit.push({ ...entry('auth.session_revoked', ends, 'ok'), facts: { reason } });
    }
    await ports.outbox.append(tx, { events, audit });
  });
  if (ends !== undefined) {
    ports.revocations.announce([ends]);
    throw new AppError('SESSION_REVOKED', { details: 'The PIN was wrong too often' });
  }
  if (isEnd) throw pinEnded();
  if (!isLast) throw new AppError('PIN_INVALID');
  throw new AppError('PIN_LOCKED', { retryAfterS: PIN_LOCK_MS / SECOND });
}
