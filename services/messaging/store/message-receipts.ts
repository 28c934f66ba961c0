import type { DialogId, UserId } from '#shared/ids.ts';
import { type Sql, statement } from '#shared/sql.ts';
import { SHOWN_DELIVERED_SEQ, SHOWN_READ_SEQ } from './participants.ts';

/** A member who has a message. */
export type HolderRow = { readonly user_id: UserId; readonly has_read: boolean };

/** Which of the members who have a message are asked for. */
export type HolderQuery = {
  readonly dialogId: DialogId;
  readonly seq: bigint;
  readonly senderId: UserId;
  readonly readOnly: boolean;
  /** The last of the page before; undefined for the first page. */
  readonly after: UserId | undefined;
  readonly limit: number;
};

const HOLDERS = statement(
  'messaging.message-holders',
  `SELECT participants.user_id, ${SHOWN_READ_SEQ} >= $2 AS has_read FROM messaging.participants
   WHERE participants.dialog_id = $1 AND participants.user_id <> $3 AND ($5::uuid IS NULL OR participants.user_id > $5)
     AND CASE WHEN $4 THEN ${SHOWN_READ_SEQ} ELSE ${SHOWN_DELIVERED_SEQ} END >= $2
   ORDER BY participants.user_id LIMIT $6`,
);

/** Members other than the sender whose cursors have reached the message, in the order of their ids. */
export function holdersOf(sql: Sql, query: HolderQuery): Promise<HolderRow[]> {
  const { dialogId, seq, senderId, readOnly, after, limit } = query;
  return sql.rows<HolderRow>(HOLDERS, [dialogId, seq, senderId, readOnly, after ?? null, limit]);
}
