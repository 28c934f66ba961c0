import type { Platform } from '#shared/contracts/auth/otp.ts';
import type { ChallengeId, SessionId, UserId } from '#shared/ids.ts';
import type { Country, Locale } from '#shared/regions.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';
import { OTP_GUESSES_MAX, OTP_LIFE_MS, SESSION_LIFE_MS, SESSIONS_MAX } from './rules.ts';
import { ACCOUNT_COLUMNS, type AccountRow } from './store.ts';

const CHALLENGE = statement(
  'auth.challenge',
  `INSERT INTO auth.otp_challenges AS live (phone_number, id, country_code, locale, code_hash, sealed_code, expires_at)
   VALUES ($1, $2, $3, $4, $5, $6, now() + $7::bigint * interval '1 millisecond')
   ON CONFLICT (phone_number) DO UPDATE SET
     id = excluded.id, country_code = excluded.country_code, locale = excluded.locale, code_hash = excluded.code_hash,
     sealed_code = excluded.sealed_code, guesses = 0, created_at = now(), expires_at = excluded.expires_at
   RETURNING live.expires_at`,
);
const VERIFY = statement(
  'auth.verify-otp',
  `SELECT verdict.outcome, verdict.challenge_id, verdict.is_new_account, verdict.is_new_device,
     verdict.ended_sessions::text[], ${ACCOUNT_COLUMNS.map((column) => `(verdict.account).${column}`).join(', ')}
   FROM auth.verify_otp($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) AS verdict`,
);
const SWEEP = statement(
  'auth.sweep-otp',
  `WITH expired AS (
     DELETE FROM auth.otp_challenges WHERE otp_challenges.phone_number IN (
       SELECT old.phone_number FROM auth.otp_challenges AS old WHERE old.expires_at <= now()
       ORDER BY old.expires_at LIMIT $1 FOR UPDATE SKIP LOCKED
     )
   )
   DELETE FROM auth.otp_deliveries WHERE (otp_deliveries.challenge_id, otp_deliveries.provider) IN (
     SELECT old.challenge_id, old.provider FROM auth.otp_deliveries AS old WHERE old.created_at < now() - interval '1 day'
     ORDER BY old.created_at LIMIT $1 FOR UPDATE SKIP LOCKED
   )`,
);

export type NewChallenge = {
  readonly id: ChallengeId;
  readonly phoneNumber: string;
  readonly country: Country;
  readonly locale: Locale;
  readonly codeHash: Uint8Array;
  readonly sealedCode: Uint8Array;
};

/** Makes this the one live challenge of its number; the one before it is gone. Returns when it expires. */
export async function challenge(tx: Tx, fresh: NewChallenge): Promise<Date> {
  const { id, phoneNumber, country, locale, codeHash, sealedCode } = fresh;
  const values = [phoneNumber, id, country, locale, codeHash, sealedCode, OTP_LIFE_MS];
  const row = await firstRow<{ expires_at: Date }>(tx, CHALLENGE, values);
  return row!.expires_at;
}

/** A guess, and all that a right one needs in order to become a login. */
export type Attempt = {
  readonly phoneNumber: string;
  readonly codeDigest: Uint8Array;
  /** For an account that does not exist yet. */
  readonly newAccount: { readonly id: UserId; readonly timezone: string };
  readonly session: { readonly id: SessionId; readonly refreshHash: Uint8Array };
  readonly device: {
    readonly key: string;
    readonly id: string | undefined;
    readonly platform: Platform | undefined;
    readonly appVersion: string | undefined;
    readonly userAgent: string;
    readonly ip: string;
  };
};

export type Verdict =
  | { readonly outcome: 'absent' }
  | { readonly outcome: 'wrong' | 'exhausted' | 'refused'; readonly challengeId: ChallengeId }
  | {
      readonly outcome: 'ok';
      readonly challengeId: ChallengeId;
      readonly account: AccountRow;
      readonly isNewAccount: boolean;
      readonly isNewDevice: boolean;
      /** It had been deleted, and this login has brought it back. */
      readonly isRestored: boolean;
      readonly endedSessions: readonly SessionId[];
    };

type VerdictRow = AccountRow & {
  readonly outcome: Verdict['outcome'] | 'restored';
  readonly challenge_id: ChallengeId;
  readonly is_new_account: boolean;
  readonly is_new_device: boolean;
  readonly ended_sessions: readonly SessionId[];
};

/** Counts the guess, judges it, and logs in when it is right; see `0008_account_life.sql`. A wrong one must commit too. */
export async function verify(
  tx: Tx,
  { phoneNumber, codeDigest, newAccount, session, device }: Attempt,
): Promise<Verdict> {
  const row = await firstRow<VerdictRow>(tx, VERIFY, [
    phoneNumber,
    codeDigest,
    OTP_GUESSES_MAX,
    newAccount.id,
    newAccount.timezone,
    session.id,
    SESSION_LIFE_MS,
    SESSIONS_MAX,
    session.refreshHash,
    device.key,
    device.id ?? null,
    device.platform ?? null,
    device.appVersion ?? null,
    device.userAgent,
    device.ip,
  ]);
  const { outcome, challenge_id: challengeId, is_new_account, is_new_device, ended_sessions, ...account } = row!;
  if (outcome === 'absent') return { outcome };
  if (outcome !== 'ok' && outcome !== 'restored') return { outcome, challengeId };
  return {
    outcome: 'ok',
    challengeId,
    account,
    isNewAccount: is_new_account,
    isNewDevice: is_new_device,
    isRestored: outcome === 'restored',
    endedSessions: ended_sessions,
  };
}

/** Removes up to `limitMax` expired challenges, and as many deliveries older than a day. */
export async function sweep(sql: Sql, limitMax: number): Promise<void> {
  await sql.rows(SWEEP, [limitMax]);
}
