import { randomBytes } from 'node:crypto';
import type { Caller } from '#shared/caller.ts';
import { AppError } from '#shared/errors.ts';
import { SecondFactorEnded, SecondFactorEnrolled } from '#shared/events/auth.ts';
import { type AuditEntry, happened, type Outbox } from '#shared/events/event.ts';
import type { Databases, Tx } from '#shared/sql.ts';
import { type Clock, SECOND } from '#shared/time.ts';
import { accessLifeS } from '../rules.ts';
import type { Secrets } from '../secrets.ts';
import type { Tokens } from '../tokens.ts';
import { newRecoveryCodes, openSecret, recoveryHash } from './seal-secret.ts';
import {
  confirmSecret,
  type CountedTry,
  countTry,
  markShown,
  readSecondFactor,
  replaceRecoveryCodes,
  SECOND_FACTOR_LOCK_MS,
  takeStep,
  useRecoveryCode,
} from './store.ts';
import { stepOfCode } from './totp.ts';

export type SecondFactorPorts = {
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly secrets: Secrets;
  readonly tokens: Pick<Tokens, 'signAccess'>;
  readonly clock: Clock;
};

/** An access token that is good for all that the role may do, and how long. */
export type Opened = { readonly accessToken: string; readonly expiresInS: number };

/**
 * The first code of a new secret: from then on the secret is the second factor, and the one before is none any more.
 *
 * @returns an access token of this session that is good for all that the role may do, and the recovery codes, which are
 *   told this once
 * @throws {AppError} SECOND_FACTOR_INVALID; SECOND_FACTOR_LOCKED with the fifth wrong try and for a quarter of an hour
 *   after it, without an end with the hundredth in a row; CONFLICT when no secret waits
 */
export async function confirmSecondFactor(
  ports: SecondFactorPorts,
  caller: Caller,
  code: string,
): Promise<Opened & { readonly recoveryCodes: readonly string[] }> {
  const { secrets } = ports;
  const { userId, country: region } = caller;
  const counted = await countedTry(ports, caller);
  const { pending } = counted;
  if (pending === undefined) throw new AppError('CONFLICT', { message: 'Enrol first' });
  const step = stepOfCode(openSecret(secrets, userId, pending), code, ports.clock());
  const recoveryCodes = newRecoveryCodes();
  const opened = await shown(ports, caller, counted, async (tx) => {
    if (step === undefined || !(await confirmSecret(tx, userId, pending, step))) return false;
    await replaceRecoveryCodes(
      tx,
      userId,
      recoveryCodes.map((each) => recoveryHash(secrets, userId, each)),
    );
    await ports.outbox.append(tx, {
      events: [happened(SecondFactorEnrolled, userId, { user_id: userId })],
      audit: [{ actor: userId, action: 'auth.second_factor_enrolled', subject: userId, region, outcome: 'ok' }],
    });
    return true;
  });
  return { ...opened, recoveryCodes };
}

/** A code of the authenticator, each good once. @returns and @throws as {@link confirmSecondFactor} */
export async function verifySecondFactor(ports: SecondFactorPorts, caller: Caller, code: string): Promise<Opened> {
  const { userId } = caller;
  const counted = await countedTry(ports, caller);
  if (counted.secret === undefined) throw new AppError('CONFLICT', { message: 'Enrol first' });
  const step = stepOfCode(openSecret(ports.secrets, userId, counted.secret), code, ports.clock());
  return await shown(ports, caller, counted, async (tx) => step !== undefined && (await takeStep(tx, userId, step)));
}

/** A recovery code in the place of a lost authenticator, each good once. @returns and @throws as above */
export async function recoverSecondFactor(ports: SecondFactorPorts, caller: Caller, code: string): Promise<Opened> {
  const { userId } = caller;
  const counted = await countedTry(ports, caller);
  if (counted.secret === undefined) throw new AppError('CONFLICT', { message: 'Enrol first' });
  const hash = recoveryHash(ports.secrets, userId, code);
  return await shown(ports, caller, counted, (tx) => useRecoveryCode(tx, userId, hash));
}

async function countedTry(ports: SecondFactorPorts, { userId, country }: Caller): Promise<CountedTry> {
  const database = ports.databases.of(country);
  const counted = await countTry(database, userId);
  if (counted !== undefined) return counted;
  const factor = await readSecondFactor(database, userId);
  if (factor === undefined) throw new AppError('CONFLICT', { message: 'Enrol first' });
  if (factor.has_ended) throw ended();
  throw new AppError('SECOND_FACTOR_LOCKED', { retryAfterS: Math.max(1, factor.locked_for_s ?? 0) });
}

function ended(): AppError {
  return new AppError('SECOND_FACTOR_LOCKED', {
    message: 'The second factor was wrong too often to be tried any more',
    details: 'Have the role given anew',
  });
}

/** Judges a counted try, and opens the session to its role when it is right. */
async function shown(
  ports: SecondFactorPorts,
  caller: Caller,
  { isLast, isEnd }: CountedTry,
  isRight: (tx: Tx) => Promise<boolean>,
): Promise<Opened> {
  const { userId, sessionId, role, country } = caller;
  const entry = (action: string, outcome: AuditEntry['outcome']): AuditEntry => {
    return { actor: userId, action, subject: sessionId, region: country, outcome };
  };
  const session = await ports.databases.of(country).transaction(async (tx) => {
    if (!(await isRight(tx))) {
      const locked = isLast ? 'auth.second_factor_locked' : 'auth.second_factor_shown';
      await ports.outbox.append(tx, {
        events: isEnd ? [happened(SecondFactorEnded, userId, { user_id: userId })] : [],
        audit: [entry(isEnd ? 'auth.second_factor_ended' : locked, 'refused')],
      });
      return undefined;
    }
    const marked = await markShown(tx, sessionId, userId);
    if (marked === undefined) throw new AppError('SESSION_REVOKED');
    await ports.outbox.append(tx, { audit: [entry('auth.second_factor_shown', 'ok')] });
    return marked;
  });
  if (session === undefined) {
    if (isEnd) throw ended();
    if (!isLast) throw new AppError('SECOND_FACTOR_INVALID');
    throw new AppError('SECOND_FACTOR_LOCKED', { retryAfterS: SECOND_FACTOR_LOCK_MS / SECOND });
  }
  const issuedAt = ports.clock();
  const accessToken = await ports.tokens.signAccess({
    userId,
    sessionId,
    role,
    country,
    tokenId: randomBytes(TOKEN_ID_BYTES).toString('base64url'),
    issuedAt,
    limitedUntil: session.limitedUntil,
    sessionEndsAt: session.endsAt,
  });
  return { accessToken, expiresInS: accessLifeS(issuedAt, session.endsAt) };
}

const TOKEN_ID_BYTES = 16;
