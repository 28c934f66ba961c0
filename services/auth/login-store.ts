import type { Platform } from '#shared/contracts/auth/otp.ts';
import { AUDIT_EVENT } from '#shared/events/audit.ts';
import { AccountCreated, LoggedIn, OtpVerified, SessionRevoked } from '#shared/events/auth.ts';
import type { SessionId, UserId } from '#shared/ids.ts';
import type { Country } from '#shared/regions.ts';
import { type Sql, statement, type Tx } from '#shared/sql.ts';
import {
  type OtpJudgement,
  STRAIGHT_FAILURES_LOCK_MS,
  STRAIGHT_FAILURES_MAX,
  VERIFIED_SHARE_MIN,
} from './otp-guards.ts';
import { OTP_GUESSES_MAX, SESSION_LIFE_MS, SESSIONS_MAX } from './rules.ts';
import { ACCOUNT_COLUMNS, type AccountRow } from './store.ts';

const JUDGE = statement(
  'auth.judge-guesses',
  `SELECT verdict.outcome, verdict.ended_sessions::text[], verdict.limited_until,
     ${ACCOUNT_COLUMNS.map((column) => `(verdict.account).${column}`).join(', ')}
   FROM auth.judge_guesses($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
     $22, $23, $24, $25) AS verdict
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

/** A code that somebody gives for a number. */
export type Guess = {
  readonly phoneNumber: string;
  readonly prefix: string;
  readonly country: Country;
  readonly codeDigest: Uint8Array;
};

/** A guess, and all that a right one needs in order to become a login. */
export type Attempt = Guess & {
  /** For an account that does not exist yet. */
  readonly newAccount: { readonly id: UserId; readonly timezone: string };
  readonly session: { readonly id: SessionId; readonly refreshHash: Uint8Array };
  readonly device: LoginDevice;
};

export type Verdict =
  | { readonly outcome: 'absent' | 'locked' | 'wrong' | 'exhausted' | 'refused' }
  /** Nothing was done: the account was deleted a while ago, and {@link judgeGuesses} must be told that it may come back. */
  | { readonly outcome: 'restorable' }
  /** Nothing was done: nobody has used the account for long, and it was never seen on this device. */
  | { readonly outcome: 'idle'; readonly account: AccountRow }
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
  readonly outcome: Verdict['outcome'] | 'restored' | 'proven';
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

/** A proof opens no account, so it is all the same how long one was not used. */
export type ProofOutcome = Exclude<OtpJudgement, 'idle'>;

export type JudgeOptions = {
  /** Nobody has used an account for longer than this: a code alone does not open it on a device that it does not know. */
  readonly idleMs: number;
  /** A login may bring a deleted account back; the caller then tells of it in the transaction. */
  readonly mayRestore?: boolean;
  /** Whoever logs in has shown more than a code. */
  readonly mayOpenIdle?: boolean;
};

/**
 * Counts each guess, judges it, and logs in when it is right, with the events; see `0025_judge_guesses.sql`. One call,
 * which is its own transaction unless it is given one: a wrong guess must commit too.
 */
export async function judgeGuesses(sql: Sql, batch: readonly Attempt[], options: JudgeOptions): Promise<Verdict[]> {
  const rows = await judged(sql, batch, { ...options, provesOnly: false });
  return rows.map(verdictOf);
}

/**
 * Counts a guess, judges it as that of a login, and spends the code when it is right; nobody is logged in. In the
 * transaction of what the code is given for, which must commit when it is wrong too.
 */
export async function judgeProof(tx: Tx, guess: Guess): Promise<ProofOutcome> {
  const [row] = await judged(tx, [guess], { idleMs: 0, provesOnly: true });
  const outcome = row!.outcome;
  return outcome === 'proven' ? 'ok' : (outcome as ProofOutcome);
}

type Judging = JudgeOptions & { readonly provesOnly: boolean };

async function judged(sql: Sql, batch: readonly (Guess & Partial<Attempt>)[], options: Judging): Promise<VerdictRow[]> {
  return await sql.rows<VerdictRow>(JUDGE, [
    batch.map((item) => item.phoneNumber),
    batch.map((item) => item.codeDigest),
    batch.map((item) => item.newAccount?.id ?? null),
    batch.map((item) => item.newAccount?.timezone ?? null),
    batch.map((item) => item.session?.id ?? null),
    batch.map((item) => item.session?.refreshHash ?? null),
    batch.map(({ device }) => device?.key ?? null),
    batch.map(({ device }) => device?.id ?? null),
    batch.map(({ device }) => device?.platform ?? null),
    batch.map(({ device }) => device?.appVersion ?? null),
    batch.map(({ device }) => device?.userAgent ?? null),
    batch.map(({ device }) => device?.ip ?? null),
    batch.map((item) => item.prefix),
    batch.map((item) => item.country),
    OTP_GUESSES_MAX,
    STRAIGHT_FAILURES_MAX,
    STRAIGHT_FAILURES_LOCK_MS,
    SESSION_LIFE_MS,
    SESSIONS_MAX,
    VERIFIED_SHARE_MIN,
    options.mayRestore ?? false,
    options.idleMs,
    options.mayOpenIdle ?? false,
    options.provesOnly,
    EVENT_VERSIONS,
  ]);
}

function verdictOf(row: VerdictRow): Verdict {
  const { outcome, ended_sessions, limited_until, ...account } = row;
  if (outcome === 'idle') return { outcome, account };
  if (outcome === 'proven') throw new Error('a login was judged as a proof');
  if (outcome !== 'ok' && outcome !== 'restored') return { outcome };
  return {
    outcome: 'ok',
    account,
    isRestored: outcome === 'restored',
    endedSessions: ended_sessions,
    limitedUntil: limited_until ?? undefined,
  };
}
