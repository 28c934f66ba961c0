import type { TransactionId } from '#shared/ids.ts';

/** Crockford's: without letters that look like digits, so that a number can be read out. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const RANDOM_HEX_DIGITS = 15;
const GROUP = 4;

/**
 * The number of a receipt: the day in UTC and the random end of the transaction's id, `20261124-9K2M-P3QX-7T0A`. The same for
 * ever, and another one for every transaction.
 */
export function receiptNumber(id: TransactionId, createdAt: Date): string {
  let rest = BigInt(`0x${id.replaceAll('-', '').slice(-RANDOM_HEX_DIGITS)}`);
  let digits = '';
  for (let place = 0; place < 3 * GROUP; place += 1) {
    digits = DIGITS[Number(rest % 32n)]! + digits;
    rest /= 32n;
  }
  const groups = digits.match(new RegExp(`.{${GROUP}}`, 'g'))!;
  return [createdAt.toISOString().slice(0, 10).replaceAll('-', ''), ...groups].join('-');
}
