import type { DialogId } from '#shared/ids.ts';
import type { FreshDatabase } from '#tests/harness/database.ts';
import { backdateInLog, copyBodyInLog } from '#tests/harness/message-store.ts';
import { ownerClient } from './owner-client.ts';

/** What no product code may do to messages at rest, wherever the project under test keeps them. */

/** Makes the messages of a dialog up to a seq look as if they were sent so many days before. */
export async function backdate(db: FreshDatabase, dialogId: DialogId, to: number, days: number): Promise<void> {
  if (await backdateInLog(dialogId, to, days)) return;
  await using owner = await ownerClient(db.ownerUrl);
  await owner.query(
    `UPDATE messaging.messages SET created_at = created_at - make_interval(days => $3) WHERE dialog_id = $1 AND seq <= $2`,
    [dialogId, to, days],
  );
}

/** Has one message say what another says, as it is sealed. */
export async function copyBody(
  db: FreshDatabase,
  dialogId: DialogId,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<void> {
  if (await copyBodyInLog(dialogId, from, to)) return;
  await using owner = await ownerClient(db.ownerUrl);
  await owner.query(
    `UPDATE messaging.messages SET body = other.body FROM messaging.messages AS other
     WHERE other.dialog_id = $1 AND other.seq = $2 AND messages.dialog_id = $1 AND messages.seq = $3`,
    [dialogId, from, to],
  );
}
