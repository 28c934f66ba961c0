import type { SmsProviderName } from '#shared/contracts/auth/webhooks.ts';
import type { ChallengeId } from '#shared/ids.ts';
import type { Locale } from '#shared/regions.ts';
import { type Database, firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';

/**
 * Takes the step of a delivery: the first wanted provider that no other step has used. Whoever repeats a step meets the
 * row of the first and is told what became of it; the conflict waits for a first that is still committing.
 */
const CLAIM_STEP = statement(
  'auth.claim-delivery-step',
  `WITH challenge AS (
     SELECT live.phone_number, live.locale, live.sealed_code FROM auth.otp_challenges AS live
     WHERE live.id = $1 AND live.sealed_code IS NOT NULL AND live.expires_at > now()
   ), next AS (
     SELECT wanted.provider FROM challenge, unnest($3::text[]) WITH ORDINALITY AS wanted (provider, place)
     WHERE NOT EXISTS (
       SELECT FROM auth.otp_deliveries AS used
       WHERE used.challenge_id = $1 AND used.provider = wanted.provider AND used.attempt IS DISTINCT FROM $2
     )
     ORDER BY wanted.place LIMIT 1
   ), claim AS (
     INSERT INTO auth.otp_deliveries AS mine (challenge_id, provider, attempt, watched_until)
     SELECT $1, next.provider, $2, clock_timestamp() + $4::float8 * interval '1 millisecond' FROM next
     ON CONFLICT (challenge_id, attempt) DO UPDATE SET attempt = excluded.attempt
     RETURNING mine.provider, mine.status, mine.xmax = 0 AS is_first,
       (extract(epoch FROM clock_timestamp() - mine.updated_at) * 1000)::float8 AS age_ms
   )
   SELECT challenge.phone_number, challenge.locale, challenge.sealed_code, claim.provider, claim.status, claim.is_first,
     claim.age_ms, before.provider AS silent
   FROM challenge LEFT JOIN claim ON true
   LEFT JOIN auth.otp_deliveries AS before
     ON before.challenge_id = $1 AND before.attempt = $2 - 1 AND before.status = 'accepted'`,
);
const SETTLE = statement(
  'auth.settle-delivery',
  `UPDATE auth.otp_deliveries SET status = $3, message_id = $4, updated_at = clock_timestamp()
   WHERE otp_deliveries.challenge_id = $1 AND otp_deliveries.provider = $2 AND otp_deliveries.status = 'sending'`,
);
const FIND = statement(
  'auth.find-delivery',
  `SELECT otp_deliveries.challenge_id FROM auth.otp_deliveries
   WHERE otp_deliveries.message_id = $1 AND otp_deliveries.provider = $2`,
);
const REPORT = statement(
  'auth.report-delivery',
  `UPDATE auth.otp_deliveries SET status = $3, message_id = $4, updated_at = clock_timestamp()
   WHERE otp_deliveries.challenge_id = $1 AND otp_deliveries.provider = $2
     AND otp_deliveries.status IN ('sending', 'accepted')
   RETURNING (extract(epoch FROM clock_timestamp() - otp_deliveries.created_at) * 1000)::float8 AS after_ms,
     coalesce(otp_deliveries.watched_until > clock_timestamp() + interval '300 ms', false) AS is_heard`,
);
const NEWS = statement(
  'auth.delivery-news',
  `SELECT mine.challenge_id, mine.provider,
     CASE WHEN mine.status IN ('delivered', 'failed') THEN mine.status ELSE 'ended' END AS news
   FROM unnest($1::uuid[], $2::text[]) AS asked (challenge_id, provider)
   JOIN auth.otp_deliveries AS mine ON mine.challenge_id = asked.challenge_id AND mine.provider = asked.provider
   WHERE mine.status IN ('delivered', 'failed')
     OR NOT EXISTS (SELECT FROM auth.otp_challenges AS live WHERE live.id = mine.challenge_id)`,
);
const FORGET_CODE = statement(
  'auth.forget-code',
  'UPDATE auth.otp_challenges SET sealed_code = NULL WHERE otp_challenges.id = $1',
);
const UNSENT = statement(
  'auth.unsent-challenges',
  `SELECT live.id FROM auth.otp_challenges AS live
   WHERE live.id = ANY($1::uuid[]) AND live.sealed_code IS NOT NULL AND live.expires_at > now()
     AND NOT EXISTS (SELECT FROM auth.otp_deliveries AS begun WHERE begun.challenge_id = live.id)`,
);

type DeliveryStatus = 'sending' | 'accepted' | 'delivered' | 'failed';

/** A live challenge, and the step that was asked for; without `step` every wanted provider has been used. */
export type DeliveryClaim = {
  readonly phoneNumber: string;
  readonly locale: Locale;
  readonly sealedCode: Uint8Array;
  readonly step:
    | {
        readonly provider: SmsProviderName;
        readonly status: DeliveryStatus;
        /** Nobody has taken this step before: it is ours to send. */
        readonly isFirst: boolean;
        /** Since the step was taken, or its outcome became known. */
        readonly ageMs: number;
      }
    | undefined;
  /** The provider of the step before, when it took the text and has not reported. */
  readonly silent: SmsProviderName | undefined;
};

type ClaimRow = {
  readonly phone_number: string;
  readonly locale: Locale;
  readonly sealed_code: Uint8Array;
  readonly provider: SmsProviderName | null;
  readonly status: DeliveryStatus;
  readonly is_first: boolean;
  readonly age_ms: number;
  readonly silent: SmsProviderName | null;
};

/**
 * Writes down which provider is about to be given the text; undefined when there is nothing left to deliver. In no
 * transaction: where two take a step in the same moment, one of them looks again.
 *
 * @param watchMs for so long whoever takes the step looks for its report
 */
export async function claimStep(
  database: Database,
  id: ChallengeId,
  attempt: number,
  wanted: readonly SmsProviderName[],
  watchMs: number,
): Promise<DeliveryClaim | undefined> {
  const claim = () => firstRow<ClaimRow>(database, CLAIM_STEP, [id, attempt, wanted, watchMs]);
  // The row of the other one breaks the key of the provider before that of the step; a moment later it is met as it should.
  const row = await claim().catch((error: unknown) => {
    if (isDuplicate(error)) return claim();
    throw error;
  });
  if (row === undefined) return undefined;
  const { provider, status, is_first: isFirst, age_ms: ageMs } = row;
  return {
    phoneNumber: row.phone_number,
    locale: row.locale,
    sealedCode: row.sealed_code,
    step: provider === null ? undefined : { provider, status, isFirst, ageMs },
    silent: row.silent ?? undefined,
  };
}

/** A `unique_violation` of Postgres. */
function isDuplicate(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23505';
}

export type DeliveryOf = { readonly challengeId: ChallengeId; readonly provider: SmsProviderName };

/** What the provider answered. A report that was faster has the last word. */
export async function settleDelivery(
  sql: Sql,
  { challengeId, provider }: DeliveryOf,
  status: 'accepted' | 'failed',
  messageId: string | undefined,
): Promise<void> {
  await sql.rows(SETTLE, [challengeId, provider, status, messageId ?? null]);
}

export async function findDelivery(
  sql: Sql,
  messageId: string,
  provider: SmsProviderName,
): Promise<ChallengeId | undefined> {
  return (await firstRow<{ challenge_id: ChallengeId }>(sql, FIND, [messageId, provider]))?.challenge_id;
}

/** Writes what a report says; undefined when it is known already, or about nothing of ours. */
export async function reportDelivery(
  tx: Tx,
  { challengeId, provider }: DeliveryOf,
  status: 'delivered' | 'failed',
  messageId: string,
): Promise<{ readonly afterMs: number; readonly isHeard: boolean } | undefined> {
  const values = [challengeId, provider, status, messageId];
  const row = await firstRow<{ after_ms: number; is_heard: boolean }>(tx, REPORT, values);
  return row === undefined ? undefined : { afterMs: row.after_ms, isHeard: row.is_heard };
}

/** What has become of texts, by `challenge provider`; of those that nothing is known of yet there is none. */
export async function newsOf(
  sql: Sql,
  asked: readonly DeliveryOf[],
): Promise<ReadonlyMap<string, 'delivered' | 'failed' | 'ended'>> {
  const rows = await sql.rows<{ challenge_id: string; provider: string; news: 'delivered' | 'failed' | 'ended' }>(
    NEWS,
    [asked.map(({ challengeId }) => challengeId), asked.map(({ provider }) => provider)],
  );
  return new Map(rows.map(({ challenge_id, provider, news }) => [`${challenge_id} ${provider}`, news]));
}

/** Drops the sealed code: it has been delivered, so nobody needs to read it again. */
export async function forgetCode(tx: Tx, id: ChallengeId): Promise<void> {
  await tx.rows(FORGET_CODE, [id]);
}

/** Those of the challenges that are live and that no provider has been asked to deliver. */
export async function unsentOf(sql: Sql, ids: readonly ChallengeId[]): Promise<ChallengeId[]> {
  return (await sql.rows<{ id: ChallengeId }>(UNSENT, [ids])).map(({ id }) => id);
}
