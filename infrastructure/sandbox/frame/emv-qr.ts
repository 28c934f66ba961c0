import { type Currency, formatMoney, type Money } from '#shared/money.ts';

const NUMERIC: Readonly<Record<Currency, string>> = {
  THB: '764',
  SGD: '702',
  IDR: '360',
  MYR: '458',
  PHP: '608',
  VND: '704',
  USD: '840',
};
const POLYNOMIAL = 0x1021;

/** A code as an acquirer makes it: EMVCo, for one payment of this sum, with its checksum. */
export function acquirerQr(scheme: string, reference: string, money: Money): string {
  const account = object('00', scheme) + object('01', reference.slice(0, 25));
  const payload = [
    object('00', '01'),
    object('01', '12'),
    object('26', account),
    object('53', NUMERIC[money.currency]),
    object('54', formatMoney(money)),
    object('58', money.currency.slice(0, 2)),
    object('59', 'TCHAT SANDBOX'),
    '6304',
  ].join('');
  return payload + crc16(payload);
}

function object(id: string, value: string): string {
  return id + value.length.toString().padStart(2, '0') + value;
}

function crc16(text: string): string {
  let crc = 0xffff;
  for (const byte of Buffer.from(text)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? POLYNOMIAL : 0)) & 0xffff;
  }
  return crc.toString(16).toUpperCase().padStart(4, '0');
}
