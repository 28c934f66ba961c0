import { hash } from 'node:crypto';
import type { WireMessage } from '#shared/contracts/messaging/message.ts';
import type { SystemNotice } from '#shared/contracts/messaging/system-notice.ts';
import { type DialogId, type MessageId, type UserId, regionOf } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Tx } from '#shared/sql.ts';
import type { DialogKey } from '../encryption/dialog-key.ts';
import { fingerprint, seal } from '../encryption/seal.ts';
import type { MessageStore } from '../store/message-store.ts';

const KEY_HEX_DIGITS = 32;

type Sender = { readonly key: DialogKey; readonly dialogId: DialogId; readonly senderId: UserId };

/**
 * Says in a dialog, whose row is held, what was done to it: as messages of type `system`, sealed like all others, in
 * the transaction of the deed. They count as messages of the one who did it.
 */
export async function tellInDialog(
  store: MessageStore,
  tx: Tx,
  { key, dialogId, senderId }: Sender,
  notices: readonly SystemNotice[],
): Promise<WireMessage[]> {
  if (notices.length === 0) return [];
  const items = notices.map((notice) => {
    const id = newId<MessageId>(regionOf(dialogId));
    const clientId = `system-${id}`;
    const body = { content: '', metadata: notice };
    return {
      id,
      clientId,
      clientKey: hash('sha256', `${dialogId}:${senderId}:${clientId}`, 'hex').slice(0, KEY_HEX_DIGITS),
      fingerprint: fingerprint(key, { ...body, type: 'system', replyToId: null }),
      keyVersion: key.version,
      body: seal(key, { dialogId, messageId: id, senderId }, body),
    };
  });
  const appended = await store.appendSystem(tx, dialogId, senderId, items);
  return appended.map(({ seq, version, created_at: createdAt }, at) => ({
    id: items[at]!.id,
    dialog_id: dialogId,
    seq: Number(seq),
    version: Number(version),
    client_id: items[at]!.clientId,
    sender_id: senderId,
    content: '',
    message_type: 'system',
    metadata: notices[at]!,
    reply_to_id: null,
    reactions: [],
    delivery_status: 'sent',
    read_receipts: [],
    edited_at: null,
    deleted_at: null,
    created_at: createdAt.toISOString(),
  }));
}
