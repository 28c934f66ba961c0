import { expect, test } from 'vitest';
import type { UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { deliveryOf, unreadCount } from './rules.ts';

const [ann, ben, eve] = [newId<UserId>('TH'), newId<UserId>('VN'), newId<UserId>('SG')];
const cursor = (userId: UserId, delivered: bigint, read: bigint) => ({
  user_id: userId,
  delivered_seq: delivered,
  read_seq: read,
});

test('a message is not read while one other member has not read it', () => {
  const cursors = [cursor(ann, 0n, 0n), cursor(ben, 5n, 5n), cursor(eve, 5n, 4n)];
  expect(deliveryOf(ann, 5n, cursors)).toEqual({ delivery_status: 'delivered', read_receipts: [{ user_id: ben }] });
});

test('a message is not delivered while one other member has not received it', () => {
  const cursors = [cursor(ben, 5n, 5n), cursor(eve, 4n, 4n)];
  expect(deliveryOf(ann, 5n, cursors).delivery_status).toBe('sent');
});

test("the sender's own cursor says nothing about delivery", () => {
  expect(deliveryOf(ann, 5n, [cursor(ann, 5n, 5n)])).toEqual({ delivery_status: 'sent', read_receipts: [] });
  expect(deliveryOf(ann, 5n, [cursor(ann, 0n, 0n), cursor(ben, 5n, 5n)])).toEqual({
    delivery_status: 'read',
    read_receipts: [{ user_id: ben }],
  });
});

test('where cursors are not shown a message stays sent', () => {
  expect(deliveryOf(ann, 5n, [])).toEqual({ delivery_status: 'sent', read_receipts: [] });
});

test("one's own messages after the read cursor are not unread", () => {
  expect(unreadCount({ last_seq: 10n, read_seq: 4n, own_after_read: 2n })).toBe(4);
  expect(unreadCount({ last_seq: 10n, read_seq: 10n, own_after_read: 0n })).toBe(0);
});
