import type { Platform } from '#shared/contracts/auth/otp.ts';
import { AUDIT_EVENT } from '#shared/events/audit.ts';
import { AccountCreated, LoggedIn, OtpVerified, SessionRevoked } from '#shared/events/auth.ts';
import type { SessionId, UserId } from '#shared/ids.ts';
import type { Country } from '#shared/regions.ts';
import { type Sql, statement } from '#shared/sql.ts';
import { STRAIGHT_FAILURES_LOCK_MS, STRAIGHT_FAILURES_MAX, VERIFIED_SHARE_MIN } from './otp-guards.ts';
import { OTP_GUESSES_MAX, SESSION_LIFE_MS, SESSIONS_MAX } from './rules.ts';
import { ACCOUNT_COLUMNS, type AccountRow } from './store.ts';

const JUDGE = statement(
  'auth.judge-codes',
  `SELECT verdict.outcome, verdict.ended_sessions::text[], verdict.limited_until,
     ${ACCOUNT_COLUMNS.map((column) => `(verdict.account).${column}`).join(', ')}
   FROM auth.judge_codes($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
     $22) AS verdict
   ORDER BY verdict.place`,
);

/** What is known of the device that a session is opened on. */
export type LoginDevice = {
  readonly key: string;
  readonly id: string | undefined;
  readonly platform: Platform | undefined;
  readonly appVersion: string | undefined;
  readonly userAgent: string;
  readonly ip: string;
};

/** A guess, and all that a right one needs in order to become a login. */
export type Attempt = {
  readonly phoneNumber: string;
  readonly prefix: string;
  readonly country: Country;
  readonly codeDigest: Uint8Array;
  /** For an account that does not exist yet. */
  readonly newAccount: { readonly id: UserId; readonly timezone: string };
  readonly session: { readonly id: SessionId; readonly refreshHash: Uint8Array };
  readonly device: LoginDevice;
};

export type Verdict =
  | { readonly outcome: 'absent' | 'locked' | 'wrong' | 'exhausted' | 'refused' }
  /** Nothing was done: the account was deleted a while ago, and {@link judgeCodes} must be told that it may come back. */
  | { readonly outcome: 'restorable' }
  | {
      readonly outcome: 'ok';
      readonly account: AccountRow;
      /** It had been deleted, and this login has brought it back. */
      readonly isRestored: boolean;
      readonly endedSessions: readonly SessionId[];
      /** Until when the session's limits are low; undefined when they are not. */
      readonly limitedUntil: Date | undefined;
    };

type VerdictRow = AccountRow & {
  readonly outcome: Verdict['outcome'] | 'restored';
  readonly ended_sessions: readonly SessionId[];
  readonly limited_until: Date | null;
};

const EVENT_VERSIONS = JSON.stringify({
  verified: OtpVerified.version,
  created: AccountCreated.version,
  logged_in: LoggedIn.version,
  revoked: SessionRevoked.version,
  audit: AUDIT_EVENT.version,
});

/**
 * Counts each guess, judges it, and logs in when it is right, with the events; see `0013_judge_codes.sql`. One call,
 * which is its own transaction unless it is given one: a wrong guess must commit too.
 *
 * @param mayRestore whether a login may bring a deleted account back; the caller then tells of it in the transaction
 */
export async function judgeCodes(sql: Sql, batch: readonly Attempt[], mayRestore: boolean): Promise<Verdict[]> {
  const rows = await sql.rows<VerdictRow>(JUDGE, [
    batch.map((item) => item.phoneNumber),
    batch.map((item) => item.codeDigest),
    batch.map((item) => item.newAccount.id),
    batch.map((item) => item.newAccount.timezone),
    batch.map((item) => item.session.id),
    batch.map((item) => item.session.refreshHash),
    batch.map(({ device }) => device.key),
    batch.map(({ device }) => device.id ?? null),
    batch.map(({ device }) => device.platform ?? null),
    batch.map(({ device }) => device.appVersion ?? null),
    batch.map(({ device }) => device.userAgent),
    batch.map(({ device }) => device.ip),
    batch.map((item) => item.prefix),
    batch.map((item) => item.country),
    OTP_GUESSES_MAX,
    STRAIGHT_FAILURES_MAX,
    STRAIGHT_FAILURES_LOCK_MS,
    SESSION_LIFE_MS,
    SESSIONS_MAX,
    VERIFIED_SHARE_MIN,
    mayRestore,
    EVENT_VERSIONS,
  ]);
  return rows.map(verdictOf);
}

function verdictOf(row: VerdictRow): Verdict {
  const { outcome, ended_sessions, limited_until, ...account } = row;
  if (outcome !== 'ok' && outcome !== 'restored') return { outcome };
  return {
    outcome: 'ok',
    account,
    isRestored: outcome === 'restored',
    endedSessions: ended_sessions,
    limitedUntil: limited_until ?? undefined,
  };
}
