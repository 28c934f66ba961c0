import { randomBytes, timingSafeEqual } from 'node:crypto';
import { SessionId } from '#shared/ids.ts';
import { hmac, type Secrets, sha256 } from './secrets.ts';

const ID_BYTES = 16;
const SECRET_BYTES = 32;
const TAG_BYTES = 16;

/**
 * Refresh tokens: base64url of session id || 256-bit secret || tag.
 *
 * The id finds the session, and the region that holds it, without a directory. The tag tells a token of ours that was
 * spent from one that somebody made up: only the first ends a family, so that knowing a session's id does no harm.
 * Only a SHA-256 of the token is stored.
 */
export function firstRefreshToken(secrets: Secrets, sessionId: SessionId): string {
  return compose(secrets, sessionId, randomBytes(SECRET_BYTES));
}

/** The token that follows a spent one. It is derived, so that the same answer can be given twice within the grace. */
export function nextRefreshToken(secrets: Secrets, sessionId: SessionId, spent: string): string {
  return compose(secrets, sessionId, hmac(secrets.refreshSuccessor, spent));
}

/** The session of a token that we made, whether or not it was spent since; undefined for anything else. */
export function sessionOfRefreshToken(secrets: Secrets, token: string): SessionId | undefined {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== ID_BYTES + SECRET_BYTES + TAG_BYTES || bytes.toString('base64url') !== token) return undefined;
  const tag = tagOf(secrets, bytes.subarray(0, ID_BYTES + SECRET_BYTES));
  if (!timingSafeEqual(tag, bytes.subarray(ID_BYTES + SECRET_BYTES))) return undefined;
  const hex = bytes.toString('hex', 0, ID_BYTES);
  return SessionId.parse(hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'));
}

export function refreshHash(token: string): Buffer {
  return sha256(token);
}

/** The id of the access token that goes with a refresh token: the pair is the same whenever it is made again. */
export function pairId(secrets: Secrets, refreshToken: string): string {
  return hmac(secrets.refreshTag, 'jti', refreshToken).toString('base64url', 0, 16);
}

function compose(secrets: Secrets, sessionId: SessionId, secret: Uint8Array): string {
  const body = Buffer.concat([Buffer.from(sessionId.replaceAll('-', ''), 'hex'), secret]);
  return Buffer.concat([body, tagOf(secrets, body)]).toString('base64url');
}

function tagOf(secrets: Secrets, body: Uint8Array): Buffer {
  return hmac(secrets.refreshTag, 'tag', body).subarray(0, TAG_BYTES);
}
