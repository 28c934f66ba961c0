import type { MessageReceipt, ReceiptsQuery } from '#shared/contracts/messaging/changes.ts';
import { AppError } from '#shared/errors.ts';
import { encodeCursor, idAfter } from '#shared/http/paging.ts';
import { type MessageId, UserId } from '#shared/ids.ts';
import type { Changing } from './changing.ts';
import type { Reading } from './reading.ts';
import type { Member, ReceiptPage } from './service.ts';
import { holdersOf } from './store/message-receipts.ts';

type Ports = { readonly changing: Changing; readonly reading: Reading };

/**
 * Who has a message and who has read it, by user id: derived from the members' cursors, so nothing is stored per message
 * and reader. The sender is left out.
 * @throws {AppError} NOT_FOUND when the caller is not in the message's dialog, FORBIDDEN for readers of a channel.
 */
export function makeMessageReceipts({ changing, reading }: Ports) {
  return async (caller: Member, messageId: MessageId, query: ReceiptsQuery): Promise<ReceiptPage> => {
    const found = await changing.find(messageId, caller.userId);
    if (found.dialog_type === 'channel' && found.role === 'member')
      throw new AppError('FORBIDDEN', { message: 'Only admins see who reads this channel' });
    const rows = await holdersOf(reading.home(found.dialog_id), {
      dialogId: found.dialog_id,
      seq: found.seq,
      senderId: found.sender_id,
      readOnly: query.status === 'read',
      after: idAfter(query.cursor, UserId),
      limit: query.limit + 1,
    });
    const page = rows.slice(0, query.limit);
    const last = page.at(-1);
    return {
      receipts: page.map((row): MessageReceipt => ({
        user_id: row.user_id,
        status: row.has_read ? 'read' : 'delivered',
      })),
      next_cursor: rows.length > query.limit && last !== undefined ? encodeCursor([last.user_id]) : null,
    };
  };
}
