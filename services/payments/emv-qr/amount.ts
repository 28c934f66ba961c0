import { type Currency, DECIMALS, formatMoney, type Money, positiveMoney } from '#shared/money.ts';

/** ISO 4217's numbers. */
export const CURRENCY_NUMBERS: Readonly<Record<Currency, string>> = {
  THB: '764',
  SGD: '702',
  IDR: '360',
  MYR: '458',
  PHP: '608',
  VND: '704',
  USD: '840',
};

/** Object 54 has at most 13 characters. */
const AMOUNT_MAX = 13;
const AMOUNT = /^(\d+)(?:\.(\d*))?$/;

/** The currency of object 53; undefined for one that we do not have. */
export function currencyOf(number: string): Currency | undefined {
  return (Object.keys(CURRENCY_NUMBERS) as Currency[]).find((currency) => CURRENCY_NUMBERS[currency] === number);
}

/** Object 54 of a sum: digits, and a point with decimals. */
export function amountObject(money: Money): readonly ['54', string] {
  const amount = formatMoney(money);
  if (money.minor <= 0n || amount.length > AMOUNT_MAX) throw new RangeError(`a code cannot ask for ${amount}`);
  return ['54', amount];
}

/**
 * The sum that object 54 says, or in words what is wrong with it. It may have fewer decimals than the currency, and not
 * more; where nobody pays with the decimals that a currency has (IDR), they are zero.
 */
export function readAmount(text: string, currency: Currency): Money | string {
  const match = text.length <= AMOUNT_MAX ? AMOUNT.exec(text) : null;
  if (match === null) return 'is no amount';
  const [, whole = '', fraction = ''] = match;
  const { minor, wire } = DECIMALS[currency];
  if (fraction.length > minor) return `has more decimals than ${currency}`;
  if (/[1-9]/.test(fraction.slice(wire))) return `has decimals that nobody pays ${currency} with`;
  const kept = fraction.slice(0, wire);
  const digits = whole.replace(/^0+(?=\d)/, '');
  return positiveMoney(kept === '' ? digits : `${digits}.${kept}`, currency);
}
