import type { Caller } from '#shared/caller.ts';
import type { User } from '#shared/contracts/auth/user.ts';
import { AppError } from '#shared/errors.ts';
import { PinReset } from '#shared/events/auth.ts';
import { happened, type Outbox } from '#shared/events/event.ts';
import type { SessionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { type Databases, firstRow, statement, type Tx } from '#shared/sql.ts';
import type { Clock } from '#shared/time.ts';
import { endSessions } from './account-life/end-sessions.ts';
import { newDeviceRefusal } from './limited.ts';
import { tokensFor } from './new-login.ts';
import { deviceOfSession, openSession } from './open-session.ts';
import { hashPin } from './pin-hash.ts';
import { readPin, replacePin } from './pin-store.ts';
import { pinTrust } from './pin-trust.ts';
import { noPin } from './prove-pin.ts';
import { firstRefreshToken, refreshHash } from './refresh-token.ts';
import type { Revocations } from './revocations.ts';
import { spendCode, type SpendCodePorts } from './spend-code.ts';
import { ACCOUNT_COLUMNS, type AccountRow } from './store.ts';
import type { Tokens } from './tokens.ts';
import type { TokenPair } from './verify-otp.ts';

const COLUMNS = ACCOUNT_COLUMNS.map((column) => `accounts.${column}`).join(', ');
const FIND_NUMBER = statement(
  'auth.find-number',
  `SELECT accounts.phone_number FROM auth.accounts WHERE accounts.id = $1 AND accounts.status = 'active'`,
);
const LOWER_LIMITS = statement(
  'auth.lower-limits-after-pin-reset',
  `UPDATE auth.accounts SET pin_reset_at = now(), updated_at = now()
   WHERE accounts.id = $1 AND accounts.phone_number = $2 AND accounts.status = 'active'
   RETURNING ${COLUMNS}`,
);

export type ResetPinPorts = SpendCodePorts & {
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly tokens: Pick<Tokens, 'signAccess'>;
  readonly revocations: Pick<Revocations, 'announce'>;
  readonly clock: Clock;
};

export type ResetPin = { readonly pin: string; readonly code: string };

type Outcome =
  | { readonly outcome: 'wrong' | 'gone' }
  | {
      readonly outcome: 'reset';
      readonly account: AccountRow;
      readonly ended: readonly SessionId[];
      readonly limitedUntil: Date | undefined;
    };

/**
 * Sets another PIN for someone who has forgotten theirs, or has tried it too often. A proven device and a code to its number
 * stand in for the PIN; either alone does not. One that only codes have let in is none for a week, since whoever has stolen
 * the number gets those. What the old PIN had proven is no good any more: all sessions end and the caller is logged in anew,
 * under limits that are lowered for a day.
 *
 * @throws {AppError} FORBIDDEN while the device or the number is new, or not proven; UNAUTHORIZED for a wrong, spent or
 *   expired code, and when the session has ended; CONFLICT without a PIN
 */
export async function resetPin(
  ports: ResetPinPorts,
  caller: Caller,
  { pin, code }: ResetPin,
): Promise<TokenPair & { user: User }> {
  const { secrets, clock, outbox } = ports;
  const { userId, country } = caller;
  const database = ports.databases.of(country);
  const trust = await pinTrust(database, caller, clock());
  if (trust === undefined) throw new AppError('UNAUTHORIZED');
  const until = trust.waitsUntil ?? trust.limitedUntil;
  if (until !== undefined) throw newDeviceRefusal(until);
  if ((await readPin(database, userId)) === undefined) throw noPin();
  const phone = (await firstRow<{ phone_number: string }>(database, FIND_NUMBER, [userId]))?.phone_number;
  if (phone === undefined) throw new AppError('UNAUTHORIZED');
  const hash = await hashPin(secrets, pin);
  const sessionId = newId<SessionId>(country);
  const refreshToken = firstRefreshToken(secrets, sessionId);

  const reset = await database.transaction(async (tx): Promise<Outcome> => {
    if (!(await spendCode(ports, tx, { phone, country, code }))) return { outcome: 'wrong' };
    const device = await deviceOfSession(tx, caller.sessionId, userId);
    const account = await firstRow<AccountRow>(tx, LOWER_LIMITS, [userId, phone]);
    if (device === undefined || account === undefined || !(await replacePin(tx, userId, hash)))
      return { outcome: 'gone' };
    const ended = await tell(outbox, tx, caller);
    const session = { id: sessionId, userId, refreshHash: refreshHash(refreshToken), device };
    return { outcome: 'reset', account, ended, limitedUntil: await openSession(tx, session) };
  });
  if (reset.outcome === 'wrong') throw new AppError('UNAUTHORIZED', { message: 'The code is wrong or no longer good' });
  if (reset.outcome !== 'reset') throw new AppError('UNAUTHORIZED');

  ports.revocations.announce(reset.ended);
  return await tokensFor(ports, { ...reset, sessionId, refreshToken });
}

async function tell(outbox: Outbox, tx: Tx, { userId, country }: Caller): Promise<readonly SessionId[]> {
  const sessions = await endSessions(tx, userId, 'pin_reset');
  await outbox.append(tx, {
    events: [happened(PinReset, userId, { user_id: userId }), ...sessions.events],
    audit: [{ actor: userId, action: 'auth.pin_reset', subject: userId, region: country, outcome: 'ok' }],
  });
  return sessions.ids;
}
