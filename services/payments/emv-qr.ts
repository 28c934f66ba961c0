import { formatMoney, type Money } from '#shared/money.ts';

const PROMPTPAY_BILL = 'A000000677010112';
const THB_NUMERIC = '764';
const POLYNOMIAL = 0x1021;

/** CRC-16/CCITT-FALSE: polynomial 1021, start FFFF, nothing reflected. The check value of `123456789` is 29B1. */
export function crc16(text: string): string {
  let crc = 0xffff;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? POLYNOMIAL : 0)) & 0xffff;
  }
  return crc.toString(16).toUpperCase().padStart(4, '0');
}

/** One EMVCo data object: two digits of id, two of length, and the value. */
function object(id: string, value: string): string {
  if (value.length === 0 || value.length > 99) throw new RangeError(`object ${id} has ${value.length} characters`);
  return id + value.length.toString().padStart(2, '0') + value;
}

type PromptPayBill = {
  /** 15 digits: the tax id of who collects, and a suffix. */
  readonly billerId: string;
  /** Up to 20 capital letters and digits each; the payer's bank sends them along. */
  readonly reference1: string;
  readonly reference2: string;
  readonly money: Money;
};

/**
 * The EMVCo merchant-presented payload of a PromptPay bill payment (tag 30), for one payment of an exact sum.
 *
 * @throws {RangeError} when a part has a form that banks would refuse.
 */
export function promptPayBill({ billerId, reference1, reference2, money }: PromptPayBill): string {
  if (!/^\d{15}$/.test(billerId)) throw new RangeError('a PromptPay biller id has 15 digits');
  for (const reference of [reference1, reference2]) {
    if (!/^[A-Z0-9]{1,20}$/.test(reference)) throw new RangeError('a reference is 1 to 20 capital letters and digits');
  }
  if (money.currency !== 'THB') throw new RangeError('PromptPay collects THB');
  const account =
    object('00', PROMPTPAY_BILL) + object('01', billerId) + object('02', reference1) + object('03', reference2);
  const payload =
    object('00', '01') +
    object('01', '12') +
    object('30', account) +
    object('53', THB_NUMERIC) +
    object('54', formatMoney(money)) +
    object('58', 'TH') +
    '6304';
  return payload + crc16(payload);
}

/** The two references of a transaction: its id without dashes, in halves, so that a bank statement leads back to it. */
export function referencesOf(transactionId: string): { readonly reference1: string; readonly reference2: string } {
  const digits = transactionId.replaceAll('-', '').toUpperCase();
  return { reference1: digits.slice(0, 16), reference2: digits.slice(16) };
}
