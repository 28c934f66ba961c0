import type { DialogType, ParticipantRole } from '#shared/contracts/messaging/dialog.ts';
import type { DialogId, UserId } from '#shared/ids.ts';
import { type Sql, type Tx, firstRow, statement } from '#shared/sql.ts';
import type { NewDialog } from './dialogs.ts';

/** A member with the cursors. */
export type ParticipantRow = {
  readonly dialog_id: DialogId;
  readonly user_id: UserId;
  readonly role: ParticipantRole;
  readonly joined_at: Date;
  readonly delivered_seq: bigint;
  readonly read_seq: bigint;
};

/** What other members are shown of a cursor; the member sees their own as it is. */
export const SHOWN_DELIVERED_SEQ = 'coalesce(participants.shown_delivered_seq, participants.delivered_seq)';
export const SHOWN_READ_SEQ = 'coalesce(participants.shown_read_seq, participants.read_seq)';
const delivered = (self: string) =>
  `CASE WHEN participants.user_id = ${self} THEN participants.delivered_seq ELSE ${SHOWN_DELIVERED_SEQ} END AS delivered_seq`;
const read = (self: string) =>
  `CASE WHEN participants.user_id = ${self} THEN participants.read_seq ELSE ${SHOWN_READ_SEQ} END AS read_seq`;

export type CursorRow = Pick<ParticipantRow, 'dialog_id' | 'user_id' | 'delivered_seq' | 'read_seq'>;

const ADD = statement(
  'messaging.add-participants',
  `INSERT INTO messaging.participants (dialog_id, user_id, role)
   SELECT $1, added.user_id, added.role FROM unnest($2::uuid[], $3::text[]) AS added (user_id, role)`,
);
const IS_MEMBER = statement(
  'messaging.is-member',
  'SELECT 1 AS found FROM messaging.participants WHERE participants.dialog_id = $1 AND participants.user_id = $2',
);
const ROLE = statement(
  'messaging.role-in-dialog',
  `SELECT participants.role, dialogs.type
   FROM messaging.participants JOIN messaging.dialogs ON dialogs.id = participants.dialog_id
   WHERE participants.dialog_id = $1 AND participants.user_id = $2`,
);
const STANDING = statement(
  'messaging.standing',
  `SELECT CASE WHEN dialogs.type = 'channel' AND participants.role = 'member' THEN 'reads'
               WHEN participants.shown_read_seq IS NOT NULL THEN 'unheard'
               ELSE 'posts' END AS standing
   FROM messaging.participants JOIN messaging.dialogs ON dialogs.id = participants.dialog_id
   WHERE participants.dialog_id = $1 AND participants.user_id = $2 AND NOT participants.blocked`,
);
const MEMBERS = statement(
  'messaging.members',
  `SELECT participants.dialog_id, participants.user_id, participants.role, participants.joined_at,
     ${delivered('$3')}, ${read('$3')}
   FROM messaging.dialogs
   CROSS JOIN LATERAL (
     (SELECT participants.* FROM messaging.participants
      WHERE dialogs.type <> 'channel' AND participants.dialog_id = dialogs.id
      ORDER BY array_position(ARRAY['owner', 'admin', 'member'], participants.role), participants.joined_at,
               participants.user_id
      LIMIT $2)
     UNION ALL
     (SELECT participants.* FROM messaging.participants
      WHERE dialogs.type = 'channel' AND participants.dialog_id = dialogs.id AND participants.role <> 'member'
      ORDER BY array_position(ARRAY['owner', 'admin'], participants.role), participants.joined_at, participants.user_id
      LIMIT $2)
     UNION ALL
     (SELECT participants.* FROM messaging.participants
      WHERE dialogs.type = 'channel' AND participants.dialog_id = dialogs.id AND participants.user_id = $3
        AND participants.role = 'member')
   ) AS participants
   WHERE dialogs.id = ANY ($1::uuid[])`,
);
const CURSORS = statement(
  'messaging.cursors',
  `SELECT participants.dialog_id, participants.user_id, ${delivered('$3')}, ${read('$3')}
   FROM messaging.dialogs JOIN messaging.participants ON participants.dialog_id = dialogs.id
   WHERE dialogs.id = ANY ($1::uuid[]) AND dialogs.type <> 'channel' AND dialogs.participant_count <= $2
   UNION ALL
   SELECT participants.dialog_id, participants.user_id, participants.delivered_seq, participants.read_seq
   FROM messaging.participants JOIN messaging.dialogs ON dialogs.id = participants.dialog_id
   WHERE participants.dialog_id = ANY ($1::uuid[]) AND participants.user_id = $3
     AND (dialogs.type = 'channel' OR dialogs.participant_count > $2)`,
);
const ADVANCE = statement(
  'messaging.advance-cursors',
  `SELECT moved.place, moved.delivered_seq, moved.read_seq, moved.changed,
          (SELECT dialogs.type = 'channel' OR participants.shown_read_seq IS NOT NULL
           FROM messaging.dialogs JOIN messaging.participants
             ON participants.dialog_id = dialogs.id AND participants.user_id = ($2::uuid[])[moved.place]
           WHERE dialogs.id = ($1::uuid[])[moved.place]) AS is_quiet
   FROM messaging.advance_cursors($1, $2, $3, $4) AS moved`,
);

export async function addParticipants(tx: Tx, { id, participants }: NewDialog): Promise<void> {
  await tx.rows(ADD, [id, participants.map((added) => added.userId), participants.map((added) => added.role)]);
}

export async function isParticipant(sql: Sql, dialogId: DialogId, userId: UserId): Promise<boolean> {
  return (await firstRow(sql, IS_MEMBER, [dialogId, userId])) !== undefined;
}

/** What someone is in a dialog of which type; undefined when not in it. */
export function roleIn(
  sql: Sql,
  dialogId: DialogId,
  userId: UserId,
): Promise<{ readonly role: ParticipantRole; readonly type: DialogType } | undefined> {
  return firstRow(sql, ROLE, [dialogId, userId]);
}

/**
 * What someone may do in a dialog: post, or only read; `unheard` is who has blocked the other side of a direct dialog, and
 * is not told of to them. Undefined when not in it, or blocked by the other side.
 */
export type MemberStanding = 'posts' | 'reads' | 'unheard';

export async function standingOf(sql: Sql, dialogId: DialogId, userId: UserId): Promise<MemberStanding | undefined> {
  return (await firstRow<{ standing: MemberStanding }>(sql, STANDING, [dialogId, userId]))?.standing;
}

/**
 * Members of each dialog, owner and admins first, then by time of joining; at most `limit` of each. Of a channel's
 * readers, only the user.
 */
export function membersOf(
  sql: Sql,
  dialogIds: readonly DialogId[],
  limit: number,
  userId: UserId,
): Promise<ParticipantRow[]> {
  return sql.rows<ParticipantRow>(MEMBERS, [dialogIds, limit, userId]);
}

/**
 * Everyone's cursors in dialogs of at most `membersMax` members, and the user's own in larger ones and in channels. With
 * null as the user they are as all members may see them.
 */
export function cursorsOf(
  sql: Sql,
  dialogIds: readonly DialogId[],
  membersMax: number,
  userId: UserId | null,
): Promise<CursorRow[]> {
  return sql.rows<CursorRow>(CURSORS, [dialogIds, membersMax, userId]);
}

export type CursorMove = {
  readonly dialogId: DialogId;
  readonly userId: UserId;
  readonly deliveredSeq: number;
  readonly readSeq: number;
};
export type MovedCursor = {
  readonly delivered_seq: bigint;
  readonly read_seq: bigint;
  readonly changed: boolean;
  /** Nobody else is told: what a channel's readers have read is theirs, and so it is while one of two blocks the other. */
  readonly is_quiet: boolean;
};

/** Moves cursors in one call and answers each item, in order; undefined for someone who is not a member. */
export async function advanceCursors(sql: Sql, moves: readonly CursorMove[]): Promise<(MovedCursor | undefined)[]> {
  const rows = await sql.rows<MovedCursor & { place: number }>(ADVANCE, [
    moves.map((move) => move.dialogId),
    moves.map((move) => move.userId),
    moves.map((move) => move.deliveredSeq),
    moves.map((move) => move.readSeq),
  ]);
  const byPlace = new Map(rows.map((row) => [row.place, row]));
  return moves.map((_, at) => byPlace.get(at + 1));
}
