import type { MessageId, UserId } from '#shared/ids.ts';
import { type Sql, firstRow, statement } from '#shared/sql.ts';
import type { MessageForMember } from '../changes.ts';
import type { MessageLog } from './message-log.ts';
import { bySeq } from './read-log.ts';

const MEMBER = statement(
  'messaging.member-of-dialog',
  `SELECT participants.role, participants.blocked, dialogs.type AS dialog_type
   FROM messaging.participants JOIN messaging.dialogs ON dialogs.id = participants.dialog_id
   WHERE participants.dialog_id = $1 AND participants.user_id = $2`,
);

/** Undefined when the user is not in the message's dialog, or there is no such message. */
export async function findForMember(
  log: MessageLog,
  sql: Sql,
  messageId: MessageId,
  userId: UserId,
): Promise<MessageForMember | undefined> {
  const [place] = await log.find([messageId]);
  if (place === undefined) return undefined;
  const member = await firstRow<Pick<MessageForMember, 'role' | 'blocked' | 'dialog_type'>>(sql, MEMBER, [
    place.dialog_id,
    userId,
  ]);
  if (member === undefined) return undefined;
  const row = await bySeq(log, sql, place.dialog_id, place.seq);
  return row === undefined ? undefined : { ...row, ...member };
}
