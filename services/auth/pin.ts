import type { Caller } from '#shared/caller.ts';
import { AppError } from '#shared/errors.ts';
import { PinSet } from '#shared/events/auth.ts';
import { type AuditEntry, happened, type Outbox } from '#shared/events/event.ts';
import type { Databases } from '#shared/sql.ts';
import { SECOND } from '#shared/time.ts';
import { forgiveFailures } from './otp-store.ts';
import { hashPin, isPin } from './pin-hash.ts';
import { clearTries, countTry, insertPin, readLock, replacePin } from './pin-store.ts';
import { PIN_LOCK_MS, STEP_UP_LIFE_MS } from './rules.ts';
import type { Secrets } from './secrets.ts';
import type { Tokens } from './tokens.ts';

export type PinPorts = {
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly secrets: Secrets;
  readonly tokens: Pick<Tokens, 'signStepUp' | 'verifyStepUp'>;
};

export type SetPin = { readonly pin: string; readonly stepUpToken: string | undefined };

/**
 * Sets the caller's PIN. The first needs nothing more than the session; changing it needs proof of the old one.
 *
 * @throws {AppError} STEP_UP_REQUIRED
 */
export async function setPin(ports: PinPorts, caller: Caller, { pin, stepUpToken }: SetPin): Promise<void> {
  const { userId, country } = caller;
  const database = ports.databases.of(country);
  if ((await readLock(database, userId)) !== undefined) await ports.tokens.verifyStepUp(stepUpToken, caller);
  const hash = await hashPin(ports.secrets, pin);
  await database.transaction(async (tx) => {
    const isFirst = await insertPin(tx, userId, hash);
    if (!isFirst) {
      // Asked again: the first PIN may have been set since, and then this is a change.
      await ports.tokens.verifyStepUp(stepUpToken, caller);
      await replacePin(tx, userId, hash);
    }
    await ports.outbox.append(tx, {
      events: [happened(PinSet, userId, { user_id: userId, is_first: isFirst })],
      audit: [entry(caller, isFirst ? 'auth.pin_set' : 'auth.pin_changed', 'ok')],
    });
  });
}

export type StepUp = { readonly stepUpToken: string; readonly expiresInS: number };

/**
 * Proves the PIN. Each try is counted before it is judged, so parallel ones get no more than five.
 *
 * @throws {AppError} PIN_INVALID; PIN_LOCKED with the fifth wrong one and for an hour after it; CONFLICT without a PIN
 */
export async function stepUp(ports: PinPorts, caller: Caller, pin: string): Promise<StepUp> {
  const database = ports.databases.of(caller.country);
  const counted = await countTry(database, caller.userId);
  if (counted === undefined) {
    const retryAfterS = await readLock(database, caller.userId);
    if (retryAfterS === undefined) throw new AppError('CONFLICT', { message: 'Set a PIN first' });
    throw new AppError('PIN_LOCKED', { retryAfterS });
  }
  if (await isPin(ports.secrets, pin, counted.hash)) {
    await database.transaction(async (tx) => {
      await clearTries(tx, caller.userId, counted.hash);
      await forgiveFailures(tx, caller.userId);
      await ports.outbox.append(tx, { audit: [entry(caller, 'auth.stepped_up', 'ok')] });
    });
    return { stepUpToken: await ports.tokens.signStepUp(caller), expiresInS: STEP_UP_LIFE_MS / SECOND };
  }
  await database.transaction(async (tx) => {
    const action = counted.isLast ? 'auth.pin_locked' : 'auth.pin_refused';
    await ports.outbox.append(tx, { audit: [entry(caller, action, 'refused')] });
  });
  if (!counted.isLast) throw new AppError('PIN_INVALID');
  throw new AppError('PIN_LOCKED', { retryAfterS: PIN_LOCK_MS / SECOND });
}

function entry({ userId, country }: Caller, action: string, outcome: AuditEntry['outcome']): AuditEntry {
  return { actor: userId, action, subject: userId, region: country, outcome };
}
