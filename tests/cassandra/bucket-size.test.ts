import { expect, test } from 'vitest';
import { BODY_BYTES_MAX, BUCKET_SEQS } from '#infrastructure/message-store/cassandra/layout.ts';
import { keyOf, newKeyMaterial } from '#services/messaging/encryption/dialog-key.ts';
import { seal } from '#services/messaging/encryption/seal.ts';
import { MessageBody } from '#shared/contracts/messaging/message.ts';
import type { DialogId, MessageId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';

const MEGABYTE = 1_000_000;
/** What a row has besides its body, and its claim: ids, hashes, a client id of the longest kind, times. */
const REST_BYTES_MAX = 1_000;
/** Four bytes of UTF-8 each, and one character. */
const LARGEST_CHARACTER = '🙂';

test('a partition of nothing but the largest messages is smaller than 100 MB', () => {
  const label = (nth: number) => String.fromCharCode(97 + nth) + LARGEST_CHARACTER.repeat(63);
  const labels = Object.fromEntries(
    Array.from({ length: 15 }, (_, nth) => [label(nth), LARGEST_CHARACTER.repeat(500)]),
  );
  const largest = MessageBody.parse({
    message_type: 'text',
    content: LARGEST_CHARACTER.repeat(4_000),
    metadata: { ...labels, mentions: Array.from({ length: 50 }, () => newId<UserId>('TH')) },
  });
  const place = { dialogId: newId<DialogId>('TH'), messageId: newId<MessageId>('TH'), senderId: newId<UserId>('TH') };
  const { content, metadata = null } = largest;
  const body = seal(keyOf(newKeyMaterial(), 1), place, { content, metadata });
  expect(body.length).toBeGreaterThan(50_000);
  expect(body.length).toBeLessThan(BODY_BYTES_MAX);
  expect(BUCKET_SEQS * (BODY_BYTES_MAX + REST_BYTES_MAX)).toBeLessThan(100 * MEGABYTE);
});
