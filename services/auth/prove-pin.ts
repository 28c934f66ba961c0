import { AppError } from '#shared/errors.ts';
import { PinEnded } from '#shared/events/auth.ts';
import { type AuditEntry, happened, type Outbox } from '#shared/events/event.ts';
import type { UserId } from '#shared/ids.ts';
import type { Country } from '#shared/regions.ts';
import type { Databases, Tx } from '#shared/sql.ts';
import { SECOND } from '#shared/time.ts';
import { forgiveFailures } from './otp-store.ts';
import { isPin } from './pin-hash.ts';
import { clearTries, countTry, readPin } from './pin-store.ts';
import { PIN_LOCK_MS } from './rules.ts';
import type { Secrets } from './secrets.ts';

export type ProvePinPorts = {
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly secrets: Secrets;
};

export type Owner = { readonly userId: UserId; readonly country: Country };

/**
 * Proves the PIN, for those whose tries are the owner's; for others see {@link proveAsStranger}. Each try is counted before it is judged, so parallel ones get no more than five; after a hundred wrong
 * ones in a row, over however many hours, it is no good any more until another is set.
 *
 * @param onRight what the proof is for, in the transaction that forgives the tries before
 * @returns the hash of the PIN that was proven
 * @throws {AppError} PIN_INVALID; PIN_LOCKED with the fifth wrong one and for an hour after it, without an end with the
 *   hundredth; CONFLICT without a PIN
 */
export async function provePin(
  ports: ProvePinPorts,
  { userId, country }: Owner,
  pin: string,
  onRight: (tx: Tx) => Promise<void>,
): Promise<string> {
  const database = ports.databases.of(country);
  const entry = (action: string, outcome: AuditEntry['outcome']): AuditEntry => {
    return { actor: userId, action, subject: userId, region: country, outcome };
  };
  const counted = await countTry(database, userId);
  if (counted === undefined) {
    const state = await readPin(database, userId);
    if (state === undefined) throw noPin();
    throw state.hasEnded ? pinEnded() : new AppError('PIN_LOCKED', { retryAfterS: Math.max(1, state.lockedForS) });
  }
  if (await isPin(ports.secrets, pin, counted.hash)) {
    await database.transaction(async (tx) => {
      await clearTries(tx, userId, counted.hash);
      await forgiveFailures(tx, userId);
      await onRight(tx);
    });
    return counted.hash;
  }
  const action = counted.isEnd ? 'auth.pin_ended' : counted.isLast ? 'auth.pin_locked' : 'auth.pin_refused';
  await database.transaction(async (tx) => {
    await ports.outbox.append(tx, {
      events: counted.isEnd ? [happened(PinEnded, userId, { user_id: userId })] : [],
      audit: [entry(action, 'refused')],
    });
  });
  if (counted.isEnd) throw pinEnded();
  if (!counted.isLast) throw new AppError('PIN_INVALID');
  throw new AppError('PIN_LOCKED', { retryAfterS: PIN_LOCK_MS / SECOND });
}

export function noPin(): AppError {
  return new AppError('CONFLICT', { message: 'Set a PIN first' });
}

export function pinEnded(): AppError {
  return new AppError('PIN_LOCKED', {
    message: 'The PIN was wrong too often to be tried any more',
    details: 'Set another one with POST /auth/pin/reset',
  });
}
