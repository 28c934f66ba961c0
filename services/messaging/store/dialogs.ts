import type { DialogType, ParticipantRole } from '#shared/contracts/messaging/dialog.ts';
import type { DialogId, MessageId, UserId } from '#shared/ids.ts';
import { type Sql, type Tx, firstRow, statement } from '#shared/sql.ts';

/** A dialog with the cursors of the member who asks. */
export type DialogRow = {
  readonly id: DialogId;
  readonly type: DialogType;
  readonly name: string | null;
  readonly description: string | null;
  readonly avatar_url: string | null;
  readonly participant_count: number;
  readonly is_public: boolean;
  readonly allow_media: boolean;
  readonly moderation_enabled: boolean;
  readonly message_retention_days: number | null;
  readonly pinned_message_ids: readonly MessageId[];
  readonly last_seq: bigint;
  readonly version: bigint;
  readonly last_message_at: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly read_seq: bigint;
  readonly own_after_read: bigint;
  readonly mention_count: number;
  readonly muted_until: Date | null;
};

const FOR_MEMBER = statement(
  'messaging.dialogs-for-member',
  `SELECT dialogs.id, dialogs.type, dialogs.name, dialogs.description, dialogs.avatar_url, dialogs.participant_count,
          dialogs.last_seq, dialogs.version, dialogs.last_message_at, dialogs.created_at, dialogs.updated_at,
          dialogs.is_public, dialogs.allow_media, dialogs.moderation_enabled, dialogs.message_retention_days,
          dialogs.pinned_message_ids::text[], participants.muted_until,
          participants.read_seq, participants.own_after_read,
          (SELECT count(*)::integer FROM messaging.mentions
           WHERE mentions.dialog_id = participants.dialog_id AND mentions.user_id = participants.user_id
             AND mentions.seq > participants.read_seq) AS mention_count
   FROM messaging.participants JOIN messaging.dialogs ON dialogs.id = participants.dialog_id
   WHERE participants.user_id = $1 AND participants.dialog_id = ANY ($2::uuid[])`,
);
const ACTIVE = statement(
  'messaging.active-dialogs',
  `SELECT dialogs.id, coalesce(dialogs.last_message_at, dialogs.created_at) AS active_at,
          count(*) OVER ()::integer AS total
   FROM messaging.participants JOIN messaging.dialogs ON dialogs.id = participants.dialog_id
   WHERE participants.user_id = $1 AND ($2::text IS NULL OR dialogs.type = $2)
     AND ($4 OR participants.hidden_seq IS NULL OR participants.hidden_seq < dialogs.last_seq)
   ORDER BY active_at DESC, dialogs.id DESC LIMIT $3`,
);
const JOINED = statement(
  'messaging.joined-dialogs',
  `SELECT participants.dialog_id, participants.joined_at FROM messaging.participants
   WHERE participants.user_id = $1 AND participants.dialog_id <> ALL ($2::uuid[])
     AND (participants.hidden_seq IS NULL OR participants.hidden_seq < (
       SELECT dialogs.last_seq FROM messaging.dialogs WHERE dialogs.id = participants.dialog_id
     ))
   ORDER BY participants.joined_at DESC, participants.dialog_id DESC LIMIT $3`,
);
const ADD = statement(
  'messaging.add-dialog',
  `INSERT INTO messaging.dialogs (id, type, name, description, avatar_url, creator_id, participant_count)
   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING RETURNING dialogs.id`,
);
const FIND_PAIR = statement(
  'messaging.find-pair',
  `SELECT direct_pairs.dialog_id, direct_pairs.creator_id FROM messaging.direct_pairs
   WHERE direct_pairs.low_user_id = $1 AND direct_pairs.high_user_id = $2`,
);
const CLAIM_PAIR = statement(
  'messaging.claim-pair',
  `INSERT INTO messaging.direct_pairs (low_user_id, high_user_id, dialog_id, creator_id)
   VALUES ($1, $2, $3, $4) ON CONFLICT (low_user_id, high_user_id) DO NOTHING`,
);

/** Those of the dialogs that the user is in. */
export function dialogsForMember(sql: Sql, userId: UserId, dialogIds: readonly DialogId[]): Promise<DialogRow[]> {
  return sql.rows<DialogRow>(FOR_MEMBER, [userId, dialogIds]);
}

export type ActiveDialog = { readonly id: DialogId; readonly active_at: Date; readonly total: number };

/** The user's dialogs, last activity first, without those they have put away unless `hidden`; `total` counts all. */
export function activeDialogs(
  sql: Sql,
  userId: UserId,
  type: DialogType | undefined,
  limit: number,
  { hidden }: { readonly hidden: boolean },
): Promise<ActiveDialog[]> {
  return sql.rows<ActiveDialog>(ACTIVE, [userId, type ?? null, limit, hidden]);
}

export type JoinedDialog = { readonly dialog_id: DialogId; readonly joined_at: Date };

/** The user's dialogs without the named ones and those they have put away, last joined first. */
export function joinedDialogs(
  sql: Sql,
  userId: UserId,
  without: readonly DialogId[],
  limit: number,
): Promise<JoinedDialog[]> {
  return sql.rows<JoinedDialog>(JOINED, [userId, without, limit]);
}

export type NewDialog = {
  readonly id: DialogId;
  readonly type: DialogType;
  readonly name: string | null;
  readonly description: string | null;
  readonly avatarUrl: string | null;
  readonly creatorId: UserId;
  readonly participants: readonly { readonly userId: UserId; readonly role: ParticipantRole }[];
};

/** Whether the dialog is new: false when one with this id exists. */
export async function addDialog(tx: Tx, dialog: NewDialog): Promise<boolean> {
  const { id, type, name, description, avatarUrl, creatorId, participants } = dialog;
  const added = await tx.rows(ADD, [id, type, name, description, avatarUrl, creatorId, participants.length]);
  return added.length > 0;
}

/** The two of a direct dialog in the order of their ids, so that both sides name the pair alike. */
export type Pair = { readonly low: UserId; readonly high: UserId };
export type PairRow = { readonly dialog_id: DialogId; readonly creator_id: UserId };

export function findPair(sql: Sql, { low, high }: Pair): Promise<PairRow | undefined> {
  return firstRow<PairRow>(sql, FIND_PAIR, [low, high]);
}

/** The pair's row: the one proposed, or the one that was there first. */
export async function claimPair(sql: Sql, pair: Pair, proposed: PairRow): Promise<PairRow> {
  await sql.rows(CLAIM_PAIR, [pair.low, pair.high, proposed.dialog_id, proposed.creator_id]);
  // A separate statement: it sees the row that made the insert do nothing.
  const row = await findPair(sql, pair);
  return row!;
}

const TYPES = statement(
  'messaging.types-of-dialogs',
  'SELECT dialogs.id, dialogs.type FROM messaging.dialogs WHERE dialogs.id = ANY ($1::uuid[])',
);

/** What kind of dialog each is; whoever asks need not be in them. */
export async function dialogTypes(sql: Sql, ids: readonly DialogId[]): Promise<Map<DialogId, DialogType>> {
  const rows = await sql.rows<{ id: DialogId; type: DialogType }>(TYPES, [ids]);
  return new Map(rows.map((row) => [row.id, row.type]));
}
