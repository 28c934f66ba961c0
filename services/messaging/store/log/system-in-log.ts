import { AppError } from '#shared/errors.ts';
import type { DialogId, UserId } from '#shared/ids.ts';
import { type Tx, firstRow, statement } from '#shared/sql.ts';
import type { AppendedSystemMessage, NewSystemMessage } from '../system-messages.ts';
import { follow } from './follow.ts';
import type { MessageLog } from './message-log.ts';
import { noteSystem } from './note-system.ts';

const LAST_SEQ = statement(
  'messaging.last-seq',
  'SELECT dialogs.last_seq FROM messaging.dialogs WHERE dialogs.id = $1',
);

/**
 * Appends system messages to the log within the transaction of the deed that they tell of, which holds the dialog's row.
 * A transaction that fails after this leaves them in the log, telling of a deed that was not done: the price of two
 * stores, paid only when the connection to the database breaks at that very moment.
 */
export async function systemInLog(
  log: MessageLog,
  tx: Tx,
  dialogId: DialogId,
  senderId: UserId,
  messages: readonly NewSystemMessage[],
): Promise<AppendedSystemMessage[]> {
  const head = await firstRow<{ last_seq: bigint }>(tx, LAST_SEQ, [dialogId]);
  const items = messages.map((message) => ({
    message: { ...message, dialogId, senderId, type: 'system', replyToId: null, mentions: [] },
  }));
  const appended = (await log.append(dialogId, head?.last_seq ?? 0n, items)).map(({ seq, version, created_at: at }) => {
    if (seq === null || version === null || at === null) throw new AppError('INTERNAL');
    return { seq, version, created_at: at };
  });
  const places = appended.map((stored, at) => ({
    ...stored,
    id: messages[at]!.id,
    dialog_id: dialogId,
    sender_id: senderId,
  }));
  await log.index(places);
  await noteSystem(tx, places);
  const [first, last] = [places[0]!, places.at(-1)!];
  // What others appended meanwhile comes before, and is told here; of these the caller tells.
  await follow(tx, log, [{ dialogId, seq: first.seq - 1n, version: first.version - 1n }], []);
  await follow(tx, log, [{ dialogId, seq: last.seq, version: last.version, isToldByCaller: true }], places);
  return appended;
}
