import { expect, test } from 'vitest';
import { happened, type NewEvent } from '#shared/events/event.ts';
import { MessageChanged, MessagesPurged } from '#shared/events/messaging.ts';
import type { DialogId, MediaId, MessageId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Tx } from '#shared/sql.ts';
import { makeFileEndings } from './file-endings.ts';

/** Nothing is written through it. */
const unused = {} as Tx;
const dialogId = newId<DialogId>('TH');
const by = newId<UserId>('TH');
const mediaId = newId<MediaId>('TH');
const messageKey = '0123456789abcdef'.repeat(2);

const stored = (event: NewEvent) => ({ ...event, id: newId('TH'), occurredAt: new Date() });

const changed = (change: 'edited' | 'deleted', showed?: object) =>
  stored(
    happened(MessageChanged, dialogId, {
      dialog_id: dialogId,
      message_id: newId<MessageId>('TH'),
      seq: 1,
      version: 2,
      change,
      by,
      ...(showed === undefined ? {} : { showed: { media_id: mediaId, message_key: messageKey } }),
    }),
  );

test('messages that showed no file end none', async () => {
  const consumer = makeFileEndings({
    detach: () => Promise.reject(new Error('nothing was shown')),
    detachPurged: () => Promise.reject(new Error('nothing was purged')),
  });
  await expect(consumer.handle([changed('edited'), changed('deleted')], unused)).resolves.toBeUndefined();
});

test('a failure is passed on, so that the event is handled again', async () => {
  const consumer = makeFileEndings({
    detach: () => Promise.reject(new Error('the store is away')),
    detachPurged: () => Promise.resolve(),
  });
  await expect(consumer.handle([changed('deleted', {})], unused)).rejects.toThrow('away');
});

test('a deleted message and a purge each end what they showed', async () => {
  const ended: unknown[] = [];
  const consumer = makeFileEndings({
    detach: async (...args) => void ended.push(args),
    detachPurged: async (...args) => void ended.push(args),
  });
  const before = new Date('2026-11-01T00:00:00.000Z');
  const purged = stored(happened(MessagesPurged, dialogId, { dialog_id: dialogId, sent_before: before.toISOString() }));
  await consumer.handle([changed('deleted', {}), purged], unused);
  expect(ended).toEqual([
    [{ mediaId, dialogId, messageKey }, by],
    [dialogId, before],
  ]);
});
