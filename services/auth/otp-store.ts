import { AUDIT_EVENT } from '#shared/events/audit.ts';
import { OtpRequested } from '#shared/events/auth.ts';
import { OtpCountryStopped, OtpPrefixSlowed } from '#shared/events/otp-guards.ts';
import type { ChallengeId } from '#shared/ids.ts';
import type { Country, Locale } from '#shared/regions.ts';
import { firstRow, type Sql, statement } from '#shared/sql.ts';
import type { guardRules, MicroDollars, OtpAlarm, OtpRefusal } from './otp-guards.ts';

const ASK = statement(
  'auth.ask-for-codes',
  `SELECT asked.outcome, asked.wait_ms::float8 AS wait_ms, asked.alarm
   FROM auth.ask_for_codes($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) AS asked ORDER BY asked.place`,
);
const SWEEP = statement(
  'auth.sweep-otp',
  `WITH expired AS (
     DELETE FROM auth.otp_challenges WHERE otp_challenges.phone_number IN (
       SELECT old.phone_number FROM auth.otp_challenges AS old WHERE old.expires_at <= now()
       ORDER BY old.expires_at LIMIT $1 FOR UPDATE SKIP LOCKED
     ) RETURNING 1
   ), quiet_numbers AS (
     DELETE FROM auth.otp_numbers WHERE otp_numbers.phone_number IN (
       SELECT old.phone_number FROM auth.otp_numbers AS old
       WHERE old.seen_on < current_date - 1 AND (old.straight_failures = 0 OR old.seen_on < current_date - 30)
       ORDER BY old.seen_on LIMIT $1 FOR UPDATE SKIP LOCKED
     ) RETURNING 1
   ), quiet_budgets AS (
     DELETE FROM auth.otp_budgets WHERE otp_budgets.bucket IN (
       SELECT old.bucket FROM auth.otp_budgets AS old WHERE old.seen_on < current_date - 1
       ORDER BY old.seen_on LIMIT $1 FOR UPDATE SKIP LOCKED
     ) RETURNING 1
   ), quiet_prefixes AS (
     DELETE FROM auth.otp_conversions WHERE otp_conversions.prefix IN (
       SELECT old.prefix FROM auth.otp_conversions AS old WHERE old.seen_on < current_date - 1
       ORDER BY old.seen_on LIMIT $1 FOR UPDATE SKIP LOCKED
     ) RETURNING 1
   ), old_deliveries AS (
     DELETE FROM auth.otp_deliveries WHERE (otp_deliveries.challenge_id, otp_deliveries.provider) IN (
       SELECT old.challenge_id, old.provider FROM auth.otp_deliveries AS old
       WHERE old.created_at < now() - interval '1 day'
       ORDER BY old.created_at LIMIT $1 FOR UPDATE SKIP LOCKED
     ) RETURNING 1
   )
   SELECT ((SELECT count(*) FROM expired) + (SELECT count(*) FROM quiet_numbers) + (SELECT count(*) FROM quiet_budgets)
     + (SELECT count(*) FROM quiet_prefixes) + (SELECT count(*) FROM old_deliveries))::int AS swept`,
);
const FORGIVE = statement(
  'auth.forgive-failures',
  `UPDATE auth.otp_numbers SET straight_failures = 0, refused_until = NULL
   FROM auth.accounts
   WHERE accounts.id = $1 AND otp_numbers.phone_number = accounts.phone_number AND otp_numbers.straight_failures > 0`,
);

/** A code that is asked for, with all that it draws on. */
export type Asking = {
  readonly id: ChallengeId;
  readonly phoneNumber: string;
  readonly prefix: string;
  /** Whom the address stands for; see `networkOf`. */
  readonly network: string;
  readonly country: Country;
  readonly locale: Locale;
  readonly codeHash: Uint8Array;
  readonly sealedCode: Uint8Array;
  readonly webHost: string | undefined;
  readonly codesPerHour: number;
  readonly price: MicroDollars;
  readonly spendPerDay: MicroDollars;
};

export type Asked = {
  readonly outcome: 'sent' | Exclude<OtpRefusal, 'gate'>;
  /** Until the next code may be asked for. */
  readonly wait_ms: number;
  readonly alarm: OtpAlarm | null;
};

const EVENT_VERSIONS = JSON.stringify({
  requested: OtpRequested.version,
  slowed: OtpPrefixSlowed.version,
  stopped: OtpCountryStopped.version,
  audit: AUDIT_EVENT.version,
});

/**
 * Draws on every budget of each item and makes its code the one live code of its number, with the events, or says what
 * has no room; see `0012_ask_for_codes.sql`. One call, which is its own transaction.
 */
export async function askForCodes(
  sql: Sql,
  batch: readonly Asking[],
  rules: ReturnType<typeof guardRules>,
): Promise<Asked[]> {
  return await sql.rows<Asked>(ASK, [
    batch.map((item) => item.phoneNumber),
    batch.map((item) => item.id),
    batch.map((item) => item.country),
    batch.map((item) => item.locale),
    batch.map((item) => item.codeHash),
    batch.map((item) => item.sealedCode),
    batch.map((item) => item.network),
    batch.map((item) => item.prefix),
    batch.map((item) => item.webHost ?? null),
    batch.map((item) => item.codesPerHour),
    batch.map((item) => item.price),
    batch.map((item) => item.spendPerDay),
    JSON.stringify(rules),
    EVENT_VERSIONS,
  ]);
}

/** Forgets the wrong guesses of an account's number: its owner has shown another factor. */
export async function forgiveFailures(sql: Sql, accountId: string): Promise<void> {
  await sql.rows(FORGIVE, [accountId]);
}

/** Removes up to `limitMax` each of expired challenges, deliveries older than a day, and guards that nothing draws on. */
export async function sweep(sql: Sql, limitMax: number): Promise<number> {
  return (await firstRow<{ swept: number }>(sql, SWEEP, [limitMax]))!.swept;
}
