import { expect, test } from 'vitest';
import type { TransactionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { receiptNumber } from './receipt-number.ts';

const AT = new Date('2026-11-24T23:59:59.999Z');

test('a receipt has one number for ever, and no two have the same', () => {
  const id = newId<TransactionId>('core');
  expect(receiptNumber(id, AT)).toBe(receiptNumber(id, AT));
  expect(receiptNumber(id, AT)).toMatch(/^20261124(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
  const numbers = Array.from({ length: 10_000 }, () => receiptNumber(newId<TransactionId>('core'), AT));
  expect(new Set(numbers).size).toBe(10_000);
});
