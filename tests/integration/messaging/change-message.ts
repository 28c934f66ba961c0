import { Client } from 'pg';
import type { DialogId } from '#shared/ids.ts';

/** Changes messages as an edit or a deletion will: the message takes its dialog's next version. */
export async function messageChanger(ownerUrl: string) {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  return {
    change: async (dialogId: DialogId, seq: number, column: 'edited_at' | 'deleted_at'): Promise<void> => {
      await client.query(
        `WITH counted AS (
           UPDATE messaging.dialogs SET version = dialogs.version + 1 WHERE dialogs.id = $1 RETURNING dialogs.version
         )
         UPDATE messaging.messages SET changed = true, ${column} = now(), version = counted.version
         FROM counted WHERE messages.dialog_id = $1 AND messages.seq = $2`,
        [dialogId, seq],
      );
    },
    [Symbol.asyncDispose]: () => client.end(),
  };
}
