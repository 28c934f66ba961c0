import type { Caller } from '#shared/caller.ts';
import { PinSet } from '#shared/events/auth.ts';
import { type AuditEntry, happened } from '#shared/events/event.ts';
import { type Clock, SECOND } from '#shared/time.ts';
import { lessTrustedUntil, limitedUntil, newDeviceRefusal } from './limited.ts';
import { hashPin } from './pin-hash.ts';
import { insertPin, readPin, replacePin } from './pin-store.ts';
import type { Funds } from './ports.ts';
import { provePin, type ProvePinPorts } from './prove-pin.ts';
import { STEP_UP_LIFE_MS } from './rules.ts';
import { pinMark } from './step-up-mark.ts';
import type { Tokens } from './tokens.ts';

export type PinPorts = ProvePinPorts & {
  readonly tokens: Pick<Tokens, 'signStepUp' | 'verifyStepUp'>;
  readonly funds: Funds;
  readonly clock: Clock;
};

export type SetPin = { readonly pin: string; readonly stepUpToken: string | undefined };

/**
 * Sets the caller's PIN. The first needs nothing more than a session that may be trusted with it: on a new device it would
 * be a thief's, who has the number and no more. Changing it needs proof of the old one, and ends what that had proven.
 *
 * @throws {AppError} STEP_UP_REQUIRED; FORBIDDEN for a first PIN on a new device, once the account is out of its first day
 *   or has money
 */
export async function setPin(ports: PinPorts, caller: Caller, { pin, stepUpToken }: SetPin): Promise<void> {
  const { userId, country } = caller;
  const database = ports.databases.of(country);
  if ((await readPin(database, userId)) !== undefined) await ports.tokens.verifyStepUp(stepUpToken, caller);
  else await refuseFirst(ports, caller);
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

/** Keeps a first PIN from a device that may be a thief's, and writes down that it was tried. */
async function refuseFirst(ports: PinPorts, caller: Caller): Promise<void> {
  const until = limitedUntil(caller, ports.clock);
  if (until === undefined) return;
  if ((await lessTrustedUntil(ports, caller)) === undefined && !(await ports.funds.hasAny(caller.userId))) return;
  await ports.databases.of(caller.country).transaction(async (tx) => {
    await ports.outbox.append(tx, { audit: [entry(caller, 'auth.pin_set', 'refused')] });
  });
  throw newDeviceRefusal(until, ', or at once on a device that the account knows');
}

export type StepUp = { readonly stepUpToken: string; readonly expiresInS: number };

/** Proves the PIN. @throws as {@link provePin} */
export async function stepUp(ports: PinPorts, caller: Caller, pin: string): Promise<StepUp> {
  const hash = await provePin(ports, caller, pin, async (tx) => {
    await ports.outbox.append(tx, { audit: [entry(caller, 'auth.stepped_up', 'ok')] });
  });
  const stepUpToken = await ports.tokens.signStepUp(caller, pinMark(hash));
  return { stepUpToken, expiresInS: STEP_UP_LIFE_MS / SECOND };
}

function entry({ userId, country }: Caller, action: string, outcome: AuditEntry['outcome']): AuditEntry {
  return { actor: userId, action, subject: userId, region: country, outcome };
}
