import type { Platform } from '#shared/contracts/auth/otp.ts';
import type { User } from '#shared/contracts/auth/user.ts';
import { AppError, unreachable } from '#shared/errors.ts';
import { AccountCreated, LoggedIn, OtpVerified, SessionRevoked } from '#shared/events/auth.ts';
import { type AuditEntry, happened, type NewEvent, type Outbox } from '#shared/events/event.ts';
import type { SessionId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { COUNTRY_FACTS, type Country } from '#shared/regions.ts';
import type { Databases } from '#shared/sql.ts';
import type { Clock } from '#shared/time.ts';
import { tellRestored } from './account-life/restored.ts';
import { codeDigest } from './otp-code.ts';
import { type Verdict, verify } from './otp-store.ts';
import { mobileNumber } from './phone.ts';
import { firstRefreshToken, pairId, refreshHash } from './refresh-token.ts';
import type { Revocations } from './revocations.ts';
import { deviceKey } from './rules.ts';
import type { Secrets } from './secrets.ts';
import { userOf } from './store.ts';
import type { Tokens } from './tokens.ts';

export type VerifyOtp = {
  readonly phoneNumber: string;
  readonly country: Country;
  readonly code: string;
  readonly device: {
    readonly id: string | undefined;
    readonly platform: Platform | undefined;
    readonly appVersion: string | undefined;
  };
  readonly ip: string;
  readonly userAgent: string;
};

export type TokenPair = { readonly accessToken: string; readonly refreshToken: string };

export type VerifyOtpPorts = {
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly secrets: Secrets;
  readonly tokens: Pick<Tokens, 'signAccess'>;
  readonly revocations: Pick<Revocations, 'announce'>;
  readonly clock: Clock;
};

/**
 * Logs in with a code. The first login of a number makes its account, with what its country is used to and the language
 * that the code was asked for in. A login of an account that was deleted a while ago brings it back.
 *
 * @throws {AppError} UNAUTHORIZED for a wrong, spent or expired code, and in the same words for an account that may not
 *   log in; VALIDATION_ERROR when the number is no mobile of the country
 */
export async function verifyOtp(ports: VerifyOtpPorts, login: VerifyOtp): Promise<TokenPair & { user: User }> {
  const { secrets, tokens, revocations, clock } = ports;
  const phone = mobileNumber(login.phoneNumber, login.country);
  const sessionId = newId<SessionId>(login.country);
  const refreshToken = firstRefreshToken(secrets, sessionId);
  const attempt = {
    phoneNumber: phone,
    codeDigest: codeDigest(secrets, phone, login.code),
    newAccount: { id: newId<UserId>(login.country), timezone: COUNTRY_FACTS[login.country].timezone },
    session: { id: sessionId, refreshHash: refreshHash(refreshToken) },
    device: {
      ...login.device,
      key: deviceKey(login.device.id, login.userAgent),
      userAgent: login.userAgent,
      ip: login.ip,
    },
  };
  const verdict = await ports.databases.of(login.country).transaction(async (tx) => {
    const judged = await verify(tx, attempt);
    if (judged.outcome === 'ok' && judged.isRestored) await tellRestored(ports.outbox, tx, judged.account);
    await ports.outbox.append(tx, { events: eventsOf(judged, sessionId), audit: auditOf(judged, login.country) });
    return judged;
  });
  if (verdict.outcome !== 'ok') throw new AppError('UNAUTHORIZED', { message: 'The code is wrong or no longer good' });

  revocations.announce(verdict.endedSessions);
  const { account } = verdict;
  const accessToken = await tokens.signAccess({
    userId: account.id,
    sessionId,
    role: account.role,
    country: account.country_code,
    tokenId: pairId(secrets, refreshToken),
    issuedAt: clock(),
  });
  return { accessToken, refreshToken, user: userOf(account) };
}

function eventsOf(verdict: Verdict, sessionId: SessionId): NewEvent[] {
  if (verdict.outcome !== 'ok') return [];
  const { challengeId, account, isNewAccount, isNewDevice, endedSessions } = verdict;
  const user = { user_id: account.id, country: account.country_code };
  const reason = 'too_many_sessions';
  return [
    happened(OtpVerified, challengeId, { challenge_id: challengeId, country: account.country_code }),
    ...(isNewAccount ? [happened(AccountCreated, account.id, user)] : []),
    happened(LoggedIn, account.id, { ...user, session_id: sessionId, new_device: isNewDevice }),
    ...endedSessions.map((id) => happened(SessionRevoked, account.id, { user_id: account.id, session_id: id, reason })),
  ];
}

function auditOf(verdict: Verdict, region: Country): AuditEntry[] {
  switch (verdict.outcome) {
    case 'absent':
      return [];
    case 'wrong':
      return [entry('system', 'auth.login_failed', verdict.challengeId, region, 'refused')];
    case 'exhausted':
      return [entry('system', 'auth.otp_exhausted', verdict.challengeId, region, 'refused')];
    case 'refused':
      return [entry('system', 'auth.logged_in', verdict.challengeId, region, 'refused')];
    case 'ok':
      return [
        entry(verdict.account.id, 'auth.logged_in', verdict.account.id, region, 'ok'),
        ...verdict.endedSessions.map((id) => entry('system', 'auth.session_revoked', id, region, 'ok')),
      ];
    default:
      return unreachable(verdict);
  }
}

function entry(
  actor: string,
  action: string,
  subject: string,
  region: Country,
  outcome: AuditEntry['outcome'],
): AuditEntry {
  return { actor, action, subject, region, outcome };
}
