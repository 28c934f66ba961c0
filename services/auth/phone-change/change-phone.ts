import type { Caller } from '#shared/caller.ts';
import type { User } from '#shared/contracts/auth/user.ts';
import { AppError, invalid } from '#shared/errors.ts';
import { PhoneChanged } from '#shared/events/auth.ts';
import { happened, type Outbox } from '#shared/events/event.ts';
import type { SessionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Databases, Tx } from '#shared/sql.ts';
import type { Clock } from '#shared/time.ts';
import { endSessions } from '../account-life/end-sessions.ts';
import { parkAccount } from '../idle-account.ts';
import { limitedUntil, newDeviceRefusal } from '../limited.ts';
import { deviceOf, tokensFor } from '../new-login.ts';
import { openSession } from '../open-session.ts';
import { mobileNumber } from '../phone.ts';
import { firstRefreshToken, refreshHash } from '../refresh-token.ts';
import type { Revocations } from '../revocations.ts';
import { spendCode, type SpendCodePorts } from '../spend-code.ts';
import type { AccountRow } from '../store.ts';
import type { Tokens } from '../tokens.ts';
import type { TokenPair, VerifyOtp } from '../verify-otp.ts';
import { changeNumber, holdForPhoneChange, holdHolder, type PhoneChangeId } from './store.ts';

export type ChangePhonePorts = SpendCodePorts & {
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly tokens: Pick<Tokens, 'signAccess' | 'verifyStepUp'>;
  readonly revocations: Pick<Revocations, 'announce'>;
  readonly clock: Clock;
  /** The setting ACCOUNT_IDLE_AFTER. */
  readonly accountIdleAfterMs: number;
};

type Outcome =
  | { readonly outcome: 'wrong' | 'same' | 'taken' | 'gone' }
  | {
      readonly outcome: 'changed';
      readonly account: AccountRow;
      readonly ended: readonly SessionId[];
      readonly limitedUntil: Date | undefined;
    };

/**
 * Gives the caller's account another number. The PIN proves the person and a one-time code the number; a code by SMS
 * alone never does. All sessions end and the caller is logged in anew, so that no token from before is good any more;
 * limits are lowered for a day, and the old number is told. An account that has the new number, and that nobody has used
 * for long, is left to its owner when the caller wants that.
 *
 * @param login the new number, its code, and the device that asks
 * @throws {AppError} STEP_UP_REQUIRED; FORBIDDEN while limits are lowered; UNAUTHORIZED for a wrong, spent or expired
 *   code; CONFLICT for a number that has an account; ACCOUNT_IDLE when that is one which nobody uses, and then the code is as
 *   good as before; VALIDATION_ERROR for a number that is no mobile of the account's country
 */
export async function changePhone(
  ports: ChangePhonePorts,
  caller: Caller,
  login: VerifyOtp,
  stepUpToken: string | undefined,
): Promise<TokenPair & { user: User }> {
  const { secrets, clock } = ports;
  const { userId, country } = caller;
  await ports.tokens.verifyStepUp(stepUpToken, caller);
  const until = limitedUntil(caller, clock);
  if (until !== undefined) throw newDeviceRefusal(until);
  if (login.country !== country) throw invalid('country_code', `must be that of the account, ${country}`);
  const phone = mobileNumber(login.phoneNumber, country);
  const sessionId = newId<SessionId>(country);
  const refreshToken = firstRefreshToken(secrets, sessionId);

  const changed = await ports.databases.of(country).transaction(async (tx): Promise<Outcome> => {
    if (!(await spendCode(ports, tx, { phone, country, code: login.code }))) return { outcome: 'wrong' };
    const from = await holdForPhoneChange(tx, userId);
    if (from === undefined) return { outcome: 'gone' };
    if (from.phone_number === phone) return { outcome: 'same' };
    const holder = await holdHolder(tx, phone, ports.accountIdleAfterMs);
    if (holder?.is_idle === false) return { outcome: 'taken' };
    // Thrown, so that the code is not spent.
    if (holder !== undefined && login.startsAnew !== true) throw idleNumber();
    const parked = holder === undefined ? [] : (await parkAccount(ports.outbox, tx, holder)).ids;
    const id = newId<PhoneChangeId>(country);
    const account = await changeNumber(tx, { id, userId, from, to: phone });
    const ended = [...parked, ...(await tell(ports.outbox, tx, caller, id))];
    const session = { id: sessionId, userId, refreshHash: refreshHash(refreshToken), device: deviceOf(login) };
    return { outcome: 'changed', account, ended, limitedUntil: await openSession(tx, session) };
  });
  if (changed.outcome === 'wrong')
    throw new AppError('UNAUTHORIZED', { message: 'The code is wrong or no longer good' });
  if (changed.outcome === 'gone') throw new AppError('UNAUTHORIZED');
  if (changed.outcome !== 'changed') throw new AppError('CONFLICT', { message: 'The number has an account already' });

  ports.revocations.announce(changed.ended);
  return await tokensFor(ports, { ...changed, sessionId, refreshToken });
}

function idleNumber(): AppError {
  const details = 'Send the same code again with start_anew: true to leave that account to its owner';
  return new AppError('ACCOUNT_IDLE', { details });
}

async function tell(outbox: Outbox, tx: Tx, caller: Caller, id: PhoneChangeId): Promise<readonly SessionId[]> {
  const { userId, country } = caller;
  const sessions = await endSessions(tx, userId, 'phone_changed');
  await outbox.append(tx, {
    events: [happened(PhoneChanged, userId, { user_id: userId, change_id: id, country }), ...sessions.events],
    audit: [{ actor: userId, action: 'auth.phone_changed', subject: userId, region: country, outcome: 'ok' }],
  });
  return sessions.ids;
}
