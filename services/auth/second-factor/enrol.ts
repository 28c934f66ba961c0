import { timingSafeEqual } from 'node:crypto';
import type { Caller } from '#shared/caller.ts';
import { AppError } from '#shared/errors.ts';
import type { Databases } from '#shared/sql.ts';
import { SECOND } from '#shared/time.ts';
import type { Secrets } from '../secrets.ts';
import { enrolmentHash, sealSecret } from './seal-secret.ts';
import { beginSecondFactor, isShown, readSecondFactor, type SecondFactorRow } from './store.ts';
import { base32, newTotpSecret, otpauthUri, PENDING_FOR_MS } from './totp.ts';

const ISSUER = 'Tchat';

export type EnrolPorts = { readonly databases: Databases; readonly secrets: Secrets };

export type SecondFactorState = {
  readonly isEnrolled: boolean;
  /** By the session that asks. */
  readonly isShown: boolean;
  readonly recoveryCodesLeft: number;
};

/** How the caller's second factor stands. */
export async function readSecondFactorState(databases: Databases, caller: Caller): Promise<SecondFactorState> {
  const database = databases.of(caller.country);
  const [factor, shown] = await Promise.all([
    readSecondFactor(database, caller.userId),
    isShown(database, caller.sessionId),
  ]);
  return {
    isEnrolled: factor?.is_enrolled ?? false,
    isShown: shown,
    recoveryCodesLeft: factor?.recovery_codes_left ?? 0,
  };
}

export type Enrolment = { readonly secret: string; readonly uri: string; readonly expiresInS: number };

/**
 * A new secret for the caller's authenticator, which counts once its first code has come back.
 *
 * Someone with an SMS code alone could enrol in the place of the one who was given the role, so the code that was handed
 * over with the role is asked for; and whoever has a second factor shows it before they change it.
 *
 * @throws {AppError} SECOND_FACTOR_REQUIRED when there is one that this session has not shown; SECOND_FACTOR_INVALID for
 *   a wrong or expired enrolment code
 */
export async function enrolSecondFactor(
  ports: EnrolPorts,
  caller: Caller,
  enrolmentCode: string | undefined,
): Promise<Enrolment> {
  const { userId, country } = caller;
  const database = ports.databases.of(country);
  const factor = await readSecondFactor(database, userId);
  if (factor?.is_enrolled === true && !(await isShown(database, caller.sessionId))) {
    throw new AppError('SECOND_FACTOR_REQUIRED');
  }
  if (!isMeant(factor, enrolmentCode)) throw new AppError('SECOND_FACTOR_INVALID');
  const secret = newTotpSecret();
  await beginSecondFactor(database, userId, sealSecret(ports.secrets, userId, secret));
  return {
    secret: base32(secret),
    // The account is named by the end of its id: the number would be personal, and the authenticator shows it to all.
    uri: otpauthUri(secret, ISSUER, userId.slice(-ACCOUNT_DIGITS)),
    expiresInS: PENDING_FOR_MS / SECOND,
  };
}

const ACCOUNT_DIGITS = 8;

function isMeant(factor: SecondFactorRow | undefined, code: string | undefined): boolean {
  if (factor === undefined || factor.enrolment_hash === null) return true;
  if (code === undefined || factor.enrolment_is_open !== true) return false;
  return timingSafeEqual(enrolmentHash(code), factor.enrolment_hash);
}
