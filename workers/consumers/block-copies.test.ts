import { expect, test } from 'vitest';
import { BlockChanged } from '#shared/events/auth-contacts.ts';
import type { UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Tx } from '#shared/sql.ts';
import { makeBlockCopies } from './block-copies.ts';

/** Nothing is written through it. */
const unused = {} as Tx;

test('each change of a block is copied, in the order in which they happened', async () => {
  const copied: (readonly [UserId, UserId])[] = [];
  const consumer = makeBlockCopies({ copyBlock: async (blocker, blocked) => void copied.push([blocker, blocked]) });
  const [ann, ben, eve] = Array.from({ length: 3 }, () => newId<UserId>('TH')) as [UserId, UserId, UserId];
  const changed = (blocker: UserId, blocked: UserId, isBlocked: boolean) => ({
    id: newId('TH'),
    type: BlockChanged.type,
    version: BlockChanged.version,
    aggregateId: blocker,
    occurredAt: new Date(),
    data: { blocker_id: blocker, blocked_id: blocked, is_blocked: isBlocked },
  });
  await consumer.handle([changed(ann, ben, true), changed(ann, eve, true), changed(ann, ben, false)], unused);
  expect(copied).toEqual([
    [ann, ben],
    [ann, eve],
    [ann, ben],
  ]);
});

test('a copy that fails is tried again with its events, because the failure is passed on', async () => {
  const consumer = makeBlockCopies({ copyBlock: () => Promise.reject(new Error('the store is away')) });
  const [ann, ben] = [newId<UserId>('TH'), newId<UserId>('TH')];
  const event = {
    id: newId('TH'),
    type: BlockChanged.type,
    version: BlockChanged.version,
    aggregateId: ann,
    occurredAt: new Date(),
    data: { blocker_id: ann, blocked_id: ben, is_blocked: true },
  };
  await expect(consumer.handle([event], unused)).rejects.toThrow('away');
});
