import { expect, test } from 'vitest';
import { type Currency, parseMoney } from '#shared/money.ts';
import { moneyForSms, moneyText } from './money-text.ts';

const NB = '\u00A0';
const money = (amount: string, currency: Currency) => {
  const parsed = parseMoney(amount, currency);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
};

/** Section 3.1 of what is known of the six countries, and what neighbours make of each other's money. */
test.each([
  ['th', '1234.50', 'THB', '฿1,234.50'],
  ['en', '1234.50', 'SGD', '$1,234.50'],
  ['id', '1234567', 'IDR', `Rp${NB}1.234.567`],
  ['ms', '1234.50', 'MYR', `RM${NB}1,234.50`],
  ['fil', '1234.50', 'PHP', '₱1,234.50'],
  ['en', '1234.50', 'PHP', '₱1,234.50'],
  ['vi', '1234567', 'VND', `1.234.567${NB}₫`],
  ['vi', '1234.50', 'USD', `1.234,50${NB}US$`],
  ['en', '1234.50', 'USD', 'US$1,234.50'],
  ['th', '1234.50', 'SGD', `SGD${NB}1,234.50`],
  ['en', '5', 'THB', '฿5.00'],
  ['en', '1234567', 'VND', '₫1,234,567'],
] as const)('in %s %s %s is %s', (locale, amount, currency, text) => {
  expect(moneyText(money(amount, currency), locale)).toBe(text);
});

test('no digit is lost of the largest amounts', () => {
  expect(moneyText(money('9999999999999.99', 'THB'), 'en')).toBe('฿9,999,999,999,999.99');
  expect(moneyText(money('999999999999999', 'VND'), 'vi')).toBe(`999.999.999.999.999${NB}₫`);
});

test.each([
  ['en', '1234.50', 'THB', `THB${NB}1,234.50`],
  ['fil', '1234.50', 'PHP', `PHP${NB}1,234.50`],
  ['vi', '1234567', 'VND', `1.234.567${NB}VND`],
  ['id', '1234567', 'IDR', 'Rp 1.234.567'],
  ['ms', '1234.50', 'MYR', 'RM 1,234.50'],
  ['en', '1234.50', 'SGD', '$1,234.50'],
  ['th', '1234.50', 'THB', '฿1,234.50'],
] as const)('in an SMS in %s %s %s keeps to GSM-7 where the language does: %s', (locale, amount, currency, text) => {
  expect(moneyForSms(money(amount, currency), locale)).toBe(text);
});
