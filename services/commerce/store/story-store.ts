import type { StoryEvent } from '#shared/contracts/commerce/order.ts';
import type { OrderId } from '#shared/ids.ts';
import { type Sql, statement, type Tx } from '#shared/sql.ts';
import type { StoryLine } from '../order-machine.ts';

const APPEND = statement(
  'commerce.append-story',
  `INSERT INTO commerce.order_story (order_id, step, status, attempt, actor, actor_id, reason)
   SELECT $1, line.step, line.status, line.attempt, line.actor, line.actor_id, line.reason
   FROM unnest($2::text[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[])
     WITH ORDINALITY AS line (step, status, attempt, actor, actor_id, reason, place)
   ORDER BY line.place
   ON CONFLICT DO NOTHING
   RETURNING order_story.number`,
);

/** Writes rows of a story; those that are there already are left alone. @returns how many were new */
export async function appendStory(tx: Tx, orderId: string, lines: readonly StoryLine[]): Promise<number> {
  const added = await tx.rows(APPEND, [
    orderId,
    lines.map((line) => line.step),
    lines.map((line) => line.status),
    lines.map((line) => line.attempt),
    lines.map((line) => line.by.actor),
    lines.map((line) => line.by.actorId),
    lines.map((line) => line.reason ?? null),
  ]);
  return added.length;
}

const IS_TOLD = statement(
  'commerce.is-told',
  `SELECT 1 FROM commerce.order_story
   WHERE order_story.order_id = $1 AND order_story.step = $2 AND order_story.status = $3
     AND (order_story.status <> 'failed' OR order_story.attempt = $4)
     AND ($5::text IS NULL OR order_story.actor_id = $5)`,
);

type Mark = { readonly step: string; readonly status: string; readonly attempt: number };

/** Whether a row is in the story; with `actorId`, whether that person's is. */
export async function isTold(sql: Sql, orderId: string, mark: Mark, actorId?: string): Promise<boolean> {
  const rows = await sql.rows(IS_TOLD, [orderId, mark.step, mark.status, mark.attempt, actorId ?? null]);
  return rows.length > 0;
}

export type StoryRow = {
  readonly at: Date;
  readonly step: string;
  readonly status: StoryEvent['status'];
  readonly attempt: number;
  readonly actor: StoryEvent['actor'];
  readonly actor_id: string;
  readonly reason: string | null;
};

const STORY = statement(
  'commerce.story',
  `SELECT order_story.at, order_story.step, order_story.status, order_story.attempt, order_story.actor,
     order_story.actor_id, order_story.reason
   FROM commerce.order_story WHERE order_story.order_id = $1 ORDER BY order_story.number`,
);

export function storyOf(sql: Sql, orderId: OrderId): Promise<StoryRow[]> {
  return sql.rows<StoryRow>(STORY, [orderId]);
}
