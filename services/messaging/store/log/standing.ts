import type { DialogType } from '#shared/contracts/messaging/dialog.ts';
import type { ParticipantRole } from '#shared/contracts/messaging/participant.ts';
import type { MessageId } from '#shared/ids.ts';
import { type Sql, statement } from '#shared/sql.ts';
import type { Appended, NewMessage } from '../append.ts';
import type { LogItem, MessageLog } from './message-log.ts';

/** The sender's place in the dialog, and how far the dialog is known to have got. */
export type Standing = {
  /** Null for someone who is not in it. */
  readonly role: ParticipantRole | null;
  readonly blocked: boolean | null;
  readonly type: DialogType;
  readonly allow_media: boolean;
  readonly last_seq: bigint;
};

const STANDING = statement(
  'messaging.standing',
  `SELECT item.place::integer, participants.role, participants.blocked, dialogs.type, dialogs.allow_media, dialogs.last_seq
   FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS item (dialog_id, user_id, place)
   JOIN messaging.dialogs ON dialogs.id = item.dialog_id
   LEFT JOIN messaging.participants
     ON participants.dialog_id = item.dialog_id AND participants.user_id = item.user_id`,
);

/** By place in the batch; undefined where there is no such dialog. */
export async function standings(sql: Sql, batch: readonly NewMessage[]): Promise<(Standing | undefined)[]> {
  const rows = await sql.rows<Standing & { readonly place: number }>(STANDING, [
    batch.map((message) => message.dialogId),
    batch.map((message) => message.senderId),
  ]);
  const byPlace = new Map(rows.map((row) => [row.place, row]));
  return batch.map((_, at) => byPlace.get(at + 1));
}

const MEDIA_TYPES: ReadonlySet<string> = new Set(['image', 'video', 'audio', 'file']);

/** The rules of `messaging.append_messages`, in its order; there they are read under the dialog's lock. */
export function refusalOf(message: NewMessage, standing: Standing): Appended['outcome'] | undefined {
  if (standing.blocked === true) return 'absent';
  if (standing.type === 'channel' && standing.role === 'member') return 'forbidden';
  if (!standing.allow_media && MEDIA_TYPES.has(message.type)) return 'forbidden';
  return undefined;
}

/** Items for the log; those that answer a message which is not in their dialog are refused as well. */
export async function itemsOf(
  log: MessageLog,
  judged: readonly { readonly message: NewMessage; readonly standing: Standing }[],
): Promise<LogItem[]> {
  const answered = judged.flatMap(({ message }) => message.replyToId ?? []);
  const places = answered.length === 0 ? [] : await log.find(answered);
  const dialogOf = new Map(places.map((place): [MessageId, string] => [place.id, place.dialog_id]));
  return judged.map(({ message, standing }): LogItem => {
    const isBadReply = message.replyToId !== null && dialogOf.get(message.replyToId) !== message.dialogId;
    const refusal = refusalOf(message, standing) ?? (isBadReply ? 'bad_reply' : undefined);
    return refusal === undefined ? { message } : { message, refusal };
  });
}
