import type { Place } from '#shared/contracts/messaging.ts';
import { AppError } from '#shared/errors.ts';
import type { DialogId } from '#shared/ids.ts';
import type { Database } from '#shared/sql.ts';
import type { Reading } from './reading.ts';
import type { Member, MessagePage, MessageQuery } from './service.ts';
import type { MessageStore } from './store/message-store.ts';
import type { MessageRow } from './store/messages.ts';

/** Above every seq: before it is the newest page. */
const END = Number.MAX_SAFE_INTEGER;

/**
 * A page of messages, ascending by seq: the newest below `before`, the oldest above `after`, or the newest of all.
 * Its cost does not depend on the length of the dialog or the depth of the page.
 * @throws {AppError} NOT_FOUND when the caller is not in the dialog, or the message named is not in it.
 */
export function makeHistory({ reading }: { readonly reading: Reading }) {
  return async (caller: Member, dialogId: DialogId, { before, after, limit }: MessageQuery): Promise<MessagePage> => {
    const database = reading.home(dialogId);
    await reading.memberDialog(caller.userId, dialogId);
    const rows = await page(reading.store, database, dialogId, before, after, limit + 1);
    const kept = rows.slice(0, limit);
    if (after === undefined) kept.reverse();
    const cursors = await reading.cursors(database, caller.userId, [dialogId]);
    return { messages: await reading.messages(database, kept, cursors), has_more: rows.length > limit };
  };
}

async function page(
  store: MessageStore,
  database: Database,
  dialogId: DialogId,
  before: Place | undefined,
  after: Place | undefined,
  count: number,
): Promise<MessageRow[]> {
  if (after !== undefined)
    return await store.after(database, dialogId, await seqAt(store, database, dialogId, after), count);
  const end = before === undefined ? END : await seqAt(store, database, dialogId, before);
  return await store.before(database, dialogId, end, count);
}

async function seqAt(store: MessageStore, database: Database, dialogId: DialogId, place: Place): Promise<number> {
  if (typeof place === 'number') return place;
  const seq = await store.seqOf(database, dialogId, place);
  if (seq === undefined) throw new AppError('NOT_FOUND');
  return seq;
}
