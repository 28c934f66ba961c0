import type { Caller } from '#shared/caller.ts';
import { AppError } from '#shared/errors.ts';
import { PinSet } from '#shared/events/auth.ts';
import { type AuditEntry, happened } from '#shared/events/event.ts';
import { type Clock, SECOND } from '#shared/time.ts';
import { newDeviceRefusal } from './limited.ts';
import { hashPin } from './pin-hash.ts';
import { insertPin, readPin, replacePin } from './pin-store.ts';
import { pinTrust, proveDevice } from './pin-trust.ts';
import type { Funds } from './ports.ts';
import { proveAsStranger, type StrangerPorts } from './prove-as-stranger.ts';
import { provePin } from './prove-pin.ts';
import { STEP_UP_LIFE_MS } from './rules.ts';
import { holdLive } from './session-store.ts';
import { pinMark } from './step-up-mark.ts';
import type { Tokens } from './tokens.ts';

export type PinPorts = StrangerPorts & {
  readonly tokens: Pick<Tokens, 'signStepUp' | 'verifyStepUp'>;
  readonly funds: Funds;
  readonly clock: Clock;
};

export type SetPin = { readonly pin: string; readonly stepUpToken: string | undefined };

/**
 * Sets the caller's PIN. The first needs nothing more than a session that may be trusted with it: elsewhere it would be a
 * thief's, who has the number and no more. Changing it needs proof of the old one, and ends what that had proven.
 *
 * @throws {AppError} STEP_UP_REQUIRED, also when the PIN was set anew meanwhile; UNAUTHORIZED when the session has ended;
 *   FORBIDDEN for a first PIN on a device that is new or was never proven, once the account is out of its first day, or on
 *   a new one when it has money
 */
export async function setPin(ports: PinPorts, caller: Caller, { pin, stepUpToken }: SetPin): Promise<void> {
  const { userId, sessionId, country } = caller;
  const database = ports.databases.of(country);
  const before = await readPin(database, userId);
  if (before === undefined) await refuseFirst(ports, caller);
  else await ports.tokens.verifyStepUp(stepUpToken, caller);
  const hash = await hashPin(ports.secrets, pin);
  await database.transaction(async (tx) => {
    const isFirst = before === undefined;
    // It was proven that the caller may replace this PIN, or that there is none, and nothing else.
    const isSet = isFirst ? await insertPin(tx, userId, hash) : await replacePin(tx, userId, hash, before.hash);
    if (!isSet) throw new AppError('STEP_UP_REQUIRED', { details: 'The PIN was set anew meanwhile' });
    // A reset, or whoever ended the session, wants nothing more to come of it.
    const isLive = await holdLive(tx, sessionId, userId);
    const trust = isLive ? await pinTrust(tx, caller, ports.clock()) : undefined;
    if (trust === undefined) throw new AppError('UNAUTHORIZED');
    const data = { user_id: userId, is_first: isFirst, in_first_day: trust.inFirstDay };
    await ports.outbox.append(tx, {
      events: [happened(PinSet, userId, data)],
      audit: [entry(caller, isFirst ? 'auth.pin_set' : 'auth.pin_changed', 'ok')],
    });
  });
}

/** Keeps a first PIN from a device that may be a thief's, and writes down that it was tried. */
async function refuseFirst(ports: PinPorts, caller: Caller): Promise<void> {
  const database = ports.databases.of(caller.country);
  const trust = await pinTrust(database, caller, ports.clock());
  if (trust === undefined) throw new AppError('UNAUTHORIZED');
  const { limitedUntil: until, waitsUntil, inFirstDay } = trust;
  const isTooNew = until !== undefined && (!inFirstDay || (await ports.funds.hasAny(caller.userId)));
  const refused = waitsUntil ?? (isTooNew ? until : undefined);
  if (refused === undefined) return;
  await database.transaction(async (tx) => {
    await ports.outbox.append(tx, { audit: [entry(caller, 'auth.pin_set', 'refused')] });
  });
  throw newDeviceRefusal(refused, ', or at once on a device that the account knows');
}

export type StepUp = { readonly stepUpToken: string; readonly expiresInS: number };

/**
 * Proves the PIN, and the device with it.
 *
 * @throws {AppError} as {@link provePin}; from a session that is not trusted as {@link proveAsStranger}
 */
export async function stepUp(ports: PinPorts, caller: Caller, pin: string): Promise<StepUp> {
  const { userId, sessionId, country } = caller;
  const trust = await pinTrust(ports.databases.of(country), caller, ports.clock());
  if (trust === undefined) throw new AppError('UNAUTHORIZED');
  const prove = trust.isTrusted ? provePin : proveAsStranger;
  const hash = await prove(ports, caller, pin, async (tx) => {
    if (!trust.isTrusted) await proveDevice(tx, sessionId, userId);
    await ports.outbox.append(tx, { audit: [entry(caller, 'auth.stepped_up', 'ok')] });
  });
  const stepUpToken = await ports.tokens.signStepUp(caller, pinMark(hash));
  return { stepUpToken, expiresInS: STEP_UP_LIFE_MS / SECOND };
}

function entry({ userId, country }: Caller, action: string, outcome: AuditEntry['outcome']): AuditEntry {
  return { actor: userId, action, subject: userId, region: country, outcome };
}
