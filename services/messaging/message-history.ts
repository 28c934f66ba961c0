import type { EarlierContent } from '#shared/contracts/messaging/changes.ts';
import type { MessageId } from '#shared/ids.ts';
import type { Changing } from './changing.ts';
import type { Reading } from './reading.ts';
import type { Member } from './service.ts';
import { editsOf } from './store/message-edits.ts';

type Ports = { readonly changing: Changing; readonly reading: Reading };

/**
 * What a message said before its edits, the first content first, for whoever is in its dialog: they could all read it
 * then. A deleted message has no history any more.
 * @throws {AppError} NOT_FOUND when the caller is not in the message's dialog.
 */
export function makeMessageHistory({ changing, reading }: Ports) {
  return async (caller: Member, messageId: MessageId): Promise<EarlierContent[]> => {
    const found = await changing.find(messageId, caller.userId);
    const edits = await editsOf(reading.home(found.dialog_id), found.dialog_id, messageId);
    const earlier = await Promise.all(
      edits.map(async (edit) => {
        const { body } = await reading.opened({ ...found, key_version: edit.key_version, body: edit.body });
        return body === undefined ? [] : [{ ...body, written_at: edit.written_at.toISOString() }];
      }),
    );
    return earlier.flat();
  };
}
