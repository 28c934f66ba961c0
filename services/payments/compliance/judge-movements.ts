import { AppError, unreachable } from '#shared/errors.ts';
import type { UserId } from '#shared/ids.ts';
import type { Money } from '#shared/money.ts';
import { type Tx, statement } from '#shared/sql.ts';
import { type VelocityRule, velocityRulesOn, weightOf } from './velocity-rules.ts';
import { overYearlyOutflow } from './yearly-outflow.ts';
import { suspendedWallet } from '../ledger/post.ts';

/** Money that is about to leave a person. */
export type Movement = {
  readonly userId: UserId;
  /** The user who is paid; undefined when it leaves the house. */
  readonly payeeId: UserId | undefined;
  readonly money: Money;
  /** Whether the payee was never paid before by this person. */
  readonly isNewPayee: boolean;
};

export type Judgement =
  | { readonly verdict: 'passed' | 'barred_sender' | 'barred_payee' | 'over_year' }
  /** The rules that it went over. What is flagged moves all the same. */
  | { readonly verdict: 'refused' | 'flagged'; readonly rules: readonly string[] };

const JUDGE = statement(
  'payments.judge-movements',
  `SELECT judged.verdict, judged.rules
   FROM payments.judge_movements($1::uuid[], $2::uuid[], $3::bigint[], $4::boolean[], $5::timestamptz,
     $6::text[], $7::text[], $8::bigint[], $9::boolean[]) WITH ORDINALITY AS judged (verdict, rules, place)
   ORDER BY judged.place`,
);

/**
 * Judges movements by the rules of velocity and by who is barred, in one statement for all of them, and counts those that
 * pass; then, where a law limits it, by what left in twelve months. The counters of the senders stay locked until the transaction ends, so that nobody overtakes the count; what
 * does not come to move in the end is given back with the transaction, or by {@link giveBackMovements}.
 *
 * Call it before the ledger is posted to, and once in a transaction.
 */
export async function judgeMovements(
  tx: Tx,
  movements: readonly Movement[],
  at: Date,
  all: readonly VelocityRule[],
): Promise<readonly Judgement[]> {
  const rules = velocityRulesOn(at.toISOString().slice(0, 10), all);
  const judgements = await tx.rows<Judgement>(JUDGE, [
    movements.map(({ userId }) => userId),
    movements.map(({ payeeId }) => payeeId ?? null),
    movements.map(({ money }) => weightOf(money)),
    movements.map(({ isNewPayee }) => isNewPayee),
    at,
    rules.map(({ name }) => name),
    rules.map(({ measure }) => measure),
    rules.map(({ max }) => max),
    rules.map(({ action }) => action === 'refuse'),
  ]);
  const leaving = movements.map((movement, place) => {
    const { verdict } = judgements[place]!;
    return movement.payeeId !== undefined && (verdict === 'passed' || verdict === 'flagged') ? movement : undefined;
  });
  const over = await overYearlyOutflow(tx, leaving, at);
  if (over.size === 0) return judgements;
  await giveBackMovements(
    tx,
    movements.filter((_, place) => over.has(place)),
  );
  return judgements.map((judgement, place) => (over.has(place) ? { verdict: 'over_year' } : judgement));
}

const GIVE_BACK = statement(
  'payments.give-back-movements',
  `UPDATE payments.velocity AS velocity SET
     count_10m = greatest(velocity.count_10m - gone.count, 0), sum_10m = greatest(velocity.sum_10m - gone.sum, 0),
     count_hour = greatest(velocity.count_hour - gone.count, 0), sum_hour = greatest(velocity.sum_hour - gone.sum, 0),
     count_day = greatest(velocity.count_day - gone.count, 0), sum_day = greatest(velocity.sum_day - gone.sum, 0),
     payees_day = greatest(velocity.payees_day - gone.payees, 0)
   FROM (
     SELECT one.user_id, count(*) AS count, sum(one.weight)::bigint AS sum, count(*) FILTER (WHERE one.is_new) AS payees
     FROM unnest($1::uuid[], $2::bigint[], $3::boolean[]) AS one (user_id, weight, is_new) GROUP BY one.user_id
   ) AS gone
   WHERE velocity.user_id = gone.user_id`,
);

/**
 * Counts movements out again that passed and were then refused by the ledger, for callers whose transaction goes on with
 * the others of a batch. In the transaction of {@link judgeMovements}.
 */
export async function giveBackMovements(tx: Tx, movements: readonly Movement[]): Promise<void> {
  if (movements.length === 0) return;
  await tx.rows(GIVE_BACK, [
    movements.map(({ userId }) => userId),
    movements.map(({ money }) => weightOf(money)),
    movements.map(({ isNewPayee }) => isNewPayee),
  ]);
}

/** A movement that went over rules which refuse. Ops are shown it with the audit of the refusal: see told.ts. */
export class VelocityRefusal extends AppError {
  readonly userId: UserId;
  readonly rules: readonly string[];

  constructor(userId: UserId, rules: readonly string[], details: string) {
    super('LIMIT_EXCEEDED', { details });
    this.userId = userId;
    this.rules = rules;
  }
}

/**
 * What a judgement means to whoever asked. Someone barred hears what a suspended wallet or an absent recipient sounds
 * like: telling them that they are on a list is an offence of its own (tipping off).
 *
 * @returns undefined when the money may move
 */
export function movementRefusal(judgement: Judgement, userId: UserId): AppError | undefined {
  switch (judgement.verdict) {
    case 'barred_sender':
      return suspendedWallet();
    case 'barred_payee':
      return new AppError('NOT_FOUND', { message: 'There is no such recipient' });
    case 'refused':
      return new VelocityRefusal(userId, judgement.rules, 'Too much has left in a short time; try again later');
    case 'over_year':
      return new AppError('LIMIT_EXCEEDED', { details: 'This is more than the law lets leave in twelve months' });
    case 'flagged':
    case 'passed':
      return undefined;
    default:
      return unreachable(judgement);
  }
}
