import { AppError, unreachable } from '#shared/errors.ts';
import { SessionRevoked } from '#shared/events/auth.ts';
import { happened, type Outbox } from '#shared/events/event.ts';
import { regionOf, type SessionId } from '#shared/ids.ts';
import type { Databases, Tx } from '#shared/sql.ts';
import type { Clock } from '#shared/time.ts';
import { nextRefreshToken, pairId, refreshHash, sessionOfRefreshToken } from './refresh-token.ts';
import type { Revocations } from './revocations.ts';
import { accessLifeS, judgeRefresh, refreshingDevice } from './rules.ts';
import { type Secrets, sha256 } from './secrets.ts';
import { lockForRefresh, type RefreshRow, revoke, rotate } from './session-store.ts';
import type { Tokens } from './tokens.ts';
import type { TokenPair } from './verify-otp.ts';

export type RefreshSession = {
  readonly refreshToken: string;
  /** As at login, where the client gives it. */
  readonly deviceId?: string | undefined;
  readonly ip: string;
  readonly userAgent: string;
};

export type RefreshSessionPorts = {
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly secrets: Secrets;
  readonly tokens: Pick<Tokens, 'signAccess'>;
  readonly revocations: Pick<Revocations, 'announce'>;
  readonly clock: Clock;
};

type Judged =
  | { readonly outcome: 'granted'; readonly session: RefreshRow; readonly issuedAt: Date }
  | { readonly outcome: 'refused' | 'family_ended' };

/**
 * Trades a refresh token for the next pair.
 *
 * @throws {AppError} UNAUTHORIZED when it is not ours, its session has ended, or it was spent before or by another device;
 *   the last two end the session, since two have the token and one of them stole it
 */
export async function refreshSession(ports: RefreshSessionPorts, request: RefreshSession): Promise<TokenPair> {
  const { secrets, databases, tokens, revocations } = ports;
  const sessionId = sessionOfRefreshToken(secrets, request.refreshToken);
  if (sessionId === undefined) throw new AppError('UNAUTHORIZED');
  const next = nextRefreshToken(secrets, sessionId, request.refreshToken);
  const judged = await databases
    .of(regionOf(sessionId))
    .transaction((tx) => judge(ports, tx, { request, sessionId, next }));

  if (judged.outcome === 'family_ended') revocations.announce([sessionId]);
  if (judged.outcome !== 'granted') throw new AppError('UNAUTHORIZED');
  const { account_id: userId, role, country_code: country, expires_at: sessionEndsAt } = judged.session;
  const accessToken = await tokens.signAccess({
    userId,
    sessionId,
    role,
    country,
    tokenId: pairId(secrets, next),
    issuedAt: judged.issuedAt,
    owesSecondFactor: judged.session.owes_second_factor,
    limitedUntil: judged.session.limited_until ?? undefined,
    sessionEndsAt,
  });
  return { accessToken, refreshToken: next, expiresInS: accessLifeS(judged.issuedAt, sessionEndsAt) };
}

type Presented = { readonly request: RefreshSession; readonly sessionId: SessionId; readonly next: string };

async function judge(ports: RefreshSessionPorts, tx: Tx, { request, sessionId, next }: Presented): Promise<Judged> {
  const session = await lockForRefresh(tx, sessionId);
  if (session === undefined) return { outcome: 'refused' };
  const device = sha256(refreshingDevice(request.deviceId, request.userAgent));
  const presented = {
    hash: refreshHash(request.refreshToken).toString('hex'),
    device: device.toString('hex'),
    deviceId: request.deviceId,
  };
  const state = {
    isLive: session.is_live && session.status === 'active',
    liveHash: session.live_hash,
    spentHash: session.spent_hash ?? undefined,
    spentBy: session.spent_by ?? undefined,
    spentAgoMs: session.spent_ago_ms ?? undefined,
    deviceId: session.device_id ?? undefined,
  };
  const verdict = judgeRefresh(state, presented);
  switch (verdict) {
    case 'refuse':
      return { outcome: 'refused' };
    case 'repeat':
      return { outcome: 'granted', session, issuedAt: session.issued_at! };
    case 'rotate': {
      const issuedAt = ports.clock();
      const { userAgent, ip } = request;
      await rotate(tx, sessionId, { nextHash: refreshHash(next), spentBy: device, issuedAt, userAgent, ip });
      return { outcome: 'granted', session, issuedAt };
    }
    case 'reuse':
      await endFamily(ports.outbox, tx, sessionId, session);
      return { outcome: 'family_ended' };
    default:
      return unreachable(verdict);
  }
}

async function endFamily(outbox: Outbox, tx: Tx, sessionId: SessionId, session: RefreshRow): Promise<void> {
  const reason = 'refresh_token_reused';
  const { account_id: userId, country_code: region } = session;
  await revoke(tx, sessionId, userId, reason);
  await outbox.append(tx, {
    events: [happened(SessionRevoked, userId, { user_id: userId, session_id: sessionId, reason })],
    audit: [
      { actor: 'system', action: 'auth.session_revoked', subject: sessionId, region, outcome: 'ok', facts: { reason } },
    ],
  });
}
