import { expect, test } from 'vitest';
import { differenceOf, judgeLine, type Movement, theirMovement } from './judge.ts';

const thb = (minor: bigint): Movement => ({ currency: 'THB', minor });
const charge = { kind: 'charge', currency: 'THB', minor: 10_000n } as const;
const known = { status: 'completed', movement: thb(-10_000n), isTaken: false };

test('a line of which we know nothing is missing in the ledger', () => {
  expect(judgeLine(charge, undefined)).toMatchObject({ kind: 'missing_in_ledger', theirs: thb(-10_000n) });
});

test('a second line for one movement is a duplicate, also when the sums differ', () => {
  expect(judgeLine({ ...charge, minor: 9_000n }, { ...known, isTaken: true })).toMatchObject({ kind: 'duplicate' });
});

test('money that moved for a transaction that did not complete differs in its status', () => {
  const verdict = judgeLine(charge, { status: 'failed', movement: undefined, isTaken: false });
  expect(verdict).toMatchObject({ kind: 'status_differs', detail: expect.stringContaining('failed') });
});

test('money that moved for a transaction that another gateway completed is a duplicate', () => {
  expect(judgeLine(charge, { ...known, movement: undefined })).toMatchObject({ kind: 'duplicate' });
});

test('currencies are compared before sums', () => {
  const verdict = judgeLine({ ...charge, currency: 'SGD', minor: 1n }, known);
  expect(verdict).toMatchObject({
    kind: 'currency_differs',
    ours: thb(-10_000n),
    theirs: { currency: 'SGD', minor: -1n },
  });
});

test('a sum that is one unit off differs, and so does one of the other sign', () => {
  expect(judgeLine({ ...charge, minor: 10_001n }, known)).toMatchObject({ kind: 'amount_differs' });
  expect(judgeLine({ ...charge, kind: 'payout' }, known)).toMatchObject({ kind: 'amount_differs' });
});

test('the same sum in the same direction agrees', () => {
  expect(judgeLine(charge, known)).toEqual({ kind: 'agrees' });
  expect(judgeLine({ ...charge, kind: 'refund' }, { ...known, movement: thb(10_000n) })).toEqual({ kind: 'agrees' });
});

test('what is collected is owed to us, and what is paid out is not any more', () => {
  const signs = (['charge', 'return', 'refund', 'payout', 'bank_payout'] as const).map(
    (kind) => theirMovement({ ...charge, kind }).minor,
  );
  expect(signs).toEqual([-10_000n, -10_000n, 10_000n, 10_000n, 10_000n]);
});

test('the difference brings the clearing account to what the gateway says', () => {
  expect(differenceOf(undefined, thb(-100n))).toEqual([thb(-100n)]);
  expect(differenceOf(thb(-100n), undefined)).toEqual([thb(100n)]);
  expect(differenceOf(thb(-100n), thb(-90n))).toEqual([thb(10n)]);
  expect(differenceOf(thb(-100n), { currency: 'SGD', minor: -100n })).toEqual([
    { currency: 'SGD', minor: -100n },
    thb(100n),
  ]);
  expect(differenceOf(thb(5n), thb(5n))).toEqual([]);
});
