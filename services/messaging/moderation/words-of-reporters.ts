import type { MessageId } from '#shared/ids.ts';
import type { Reading } from '../reading.ts';
import type { MessageRow } from '../store/messages.ts';
import type { ReasonRow } from '../store/reports.ts';

/** What the reporters wrote, by message; nothing of those who wrote nothing. */
export async function wordsOf(
  reading: Reading,
  messages: readonly MessageRow[],
  reasons: readonly ReasonRow[],
): Promise<Map<MessageId, string[]>> {
  const byId = new Map(messages.map((row) => [row.id, row]));
  const words = new Map<MessageId, string[]>();
  for (const { message_id: id, reporter_id: by, key_version: version, body: sealed } of reasons) {
    const message = byId.get(id);
    if (message === undefined) continue;
    const { body } = await reading.opened({ ...message, sender_id: by, key_version: version, body: sealed });
    if (body !== undefined && body.content !== '') words.set(id, [...(words.get(id) ?? []), body.content]);
  }
  return words;
}
