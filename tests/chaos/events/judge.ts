import { firstRow, type Sql, statement } from '#shared/sql.ts';
import { GROUPS } from './tables.ts';

const CHANGES = statement(
  'chaos.changes',
  'SELECT sum(one.number)::int AS changes FROM public.chaos_aggregates AS one',
);
const WAITING = statement(
  'chaos.waiting',
  `SELECT (SELECT count(*)::int FROM events.outbox) AS outbox,
     (SELECT count(*)::int FROM events.places
      WHERE places.log_offset < (SELECT coalesce(max(log.log_offset), 0) FROM events.log)) AS groups`,
);
const EFFECTS = statement(
  'chaos.effects',
  `SELECT least(${GROUPS.map((group) => `(SELECT count(*) FROM public.chaos_${group})`).join(', ')})::int AS effects`,
);
const DEAD = statement('chaos.dead', 'SELECT count(*)::int AS letters FROM events.dead_letters');

/** What became of a group's effects. */
export type Judgement = {
  readonly effects: number;
  readonly lost: number;
  readonly doubled: number;
  readonly outOfOrder: number;
};

/** Changes that are committed. */
export async function countChanges(sql: Sql): Promise<number> {
  return (await firstRow<{ changes: number }>(sql, CHANGES))?.changes ?? 0;
}

/** The effects of the group that has the fewest. */
export async function countEffects(sql: Sql): Promise<number> {
  return (await firstRow<{ effects: number }>(sql, EFFECTS))?.effects ?? 0;
}

/** Whether every event has come to every group. */
export async function isDrained(sql: Sql): Promise<boolean> {
  const waiting = await firstRow<{ outbox: number; groups: number }>(sql, WAITING);
  return waiting?.outbox === 0 && waiting.groups === 0;
}

export async function countDead(sql: Sql): Promise<number> {
  return (await firstRow<{ letters: number }>(sql, DEAD))?.letters ?? 0;
}

/** Sets the effects of a group against the truth: each number of an aggregate once, each after the one before it. */
export async function judge(sql: Sql, group: (typeof GROUPS)[number]): Promise<Judgement> {
  const judged = await firstRow<Judgement>(
    sql,
    statement(
      `chaos.judge-${group}`,
      `WITH due AS (
         SELECT one.id, step.number FROM public.chaos_aggregates AS one, generate_series(1, one.number) AS step (number)
       ), had AS (
         SELECT effect.aggregate_id, effect.number,
           effect.number < lag(effect.number) OVER (PARTITION BY effect.aggregate_id ORDER BY effect.place) AS is_early
         FROM public.chaos_${group} AS effect
       )
       SELECT (SELECT count(*)::int FROM had) AS effects,
         (SELECT count(*)::int FROM due WHERE NOT EXISTS (
            SELECT FROM had WHERE had.aggregate_id = due.id AND had.number = due.number)) AS lost,
         (SELECT (count(*) - count(DISTINCT (had.aggregate_id, had.number)))::int FROM had) AS doubled,
         (SELECT count(*)::int FROM had WHERE had.is_early) AS "outOfOrder"`,
    ),
  );
  if (judged === undefined) throw new Error(`nothing was found of ${group}`);
  return judged;
}
