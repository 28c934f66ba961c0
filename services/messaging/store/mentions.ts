import type { DialogId, UserId } from '#shared/ids.ts';
import { type Sql, type Tx, statement } from '#shared/sql.ts';

export type Mention = { readonly dialogId: DialogId; readonly userId: UserId; readonly seq: bigint };

const ADD = statement(
  'messaging.add-mentions',
  `INSERT INTO messaging.mentions (dialog_id, user_id, seq)
   SELECT added.dialog_id, added.user_id, added.seq
   FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS added (dialog_id, user_id, seq)
   ON CONFLICT DO NOTHING`,
);
const MEMBERS_AMONG = statement(
  'messaging.members-among',
  `SELECT participants.user_id FROM messaging.participants
   WHERE participants.dialog_id = $1 AND participants.user_id = ANY ($2::uuid[])`,
);

/** Those that are there already stay as they are. */
export async function addMentions(tx: Tx, mentions: readonly Mention[]): Promise<void> {
  await tx.rows(ADD, [
    mentions.map((mention) => mention.dialogId),
    mentions.map((mention) => mention.userId),
    mentions.map((mention) => mention.seq),
  ]);
}

/** Those of the users who are in the dialog. */
export async function membersAmong(
  sql: Sql,
  dialogId: DialogId,
  userIds: readonly UserId[],
): Promise<ReadonlySet<UserId>> {
  const rows = await sql.rows<{ user_id: UserId }>(MEMBERS_AMONG, [dialogId, userIds]);
  return new Set(rows.map((row) => row.user_id));
}
