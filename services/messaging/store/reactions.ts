import type { DialogId, MessageId, UserId } from '#shared/ids.ts';
import { type Sql, statement } from '#shared/sql.ts';

/** One emoji on one message: how many reacted with it, and some of them, who reacted first first. */
export type ReactionRow = {
  readonly message_id: MessageId;
  readonly emoji: string;
  readonly count: number;
  readonly user_ids: readonly UserId[];
};

const OF_MESSAGES = statement(
  'messaging.reactions-of-messages',
  `SELECT reaction_counts.message_id, reaction_counts.emoji, reaction_counts.count, shown.user_ids
   FROM unnest($1::uuid[], $2::uuid[]) AS wanted (dialog_id, message_id)
   JOIN messaging.reaction_counts
     ON reaction_counts.dialog_id = wanted.dialog_id AND reaction_counts.message_id = wanted.message_id
   CROSS JOIN LATERAL (
     SELECT array_agg(reactor.user_id ORDER BY reactor.version) AS user_ids FROM (
       SELECT reactions.user_id, reactions.version FROM messaging.reactions
       WHERE reactions.dialog_id = reaction_counts.dialog_id AND reactions.message_id = reaction_counts.message_id
         AND reactions.emoji = reaction_counts.emoji
       ORDER BY reactions.user_id LIMIT $3
     ) AS reactor
   ) AS shown
   ORDER BY reaction_counts.message_id, reaction_counts.first_version`,
);

/** The reactions to messages, of each emoji at most `shownMax` people; by message, in the order in which emoji came. */
export async function reactionsOf(
  sql: Sql,
  messages: readonly { readonly dialog_id: DialogId; readonly id: MessageId }[],
  shownMax: number,
): Promise<Map<MessageId, ReactionRow[]>> {
  if (messages.length === 0) return new Map();
  const rows = await sql.rows<ReactionRow>(OF_MESSAGES, [
    messages.map((message) => message.dialog_id),
    messages.map((message) => message.id),
    shownMax,
  ]);
  return Map.groupBy(rows, (row) => row.message_id);
}
