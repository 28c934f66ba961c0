import { type Currency, DECIMALS, formatMoney, type Money } from '#shared/money.ts';
import type { Locale } from '#shared/regions.ts';
import { notInGsm7 } from '#shared/sms-parts.ts';
import { INTL_TAGS } from './languages.ts';

/** Dollars are told apart: a language shows its own as `$` and the other as `US$` or `SGD`. */
const DOLLARS: ReadonlySet<Currency> = new Set(['SGD', 'USD']);

const formats = new Map<string, Intl.NumberFormat>();

function formatOf(locale: Locale, currency: Currency, isCode: boolean): Intl.NumberFormat {
  const key = `${locale} ${currency} ${isCode}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat(INTL_TAGS[locale], {
    style: 'currency',
    currency,
    currencyDisplay: isCode ? 'code' : DOLLARS.has(currency) ? 'symbol' : 'narrowSymbol',
    minimumFractionDigits: DECIMALS[currency].wire,
    maximumFractionDigits: DECIMALS[currency].wire,
  });
  formats.set(key, made);
  return made;
}

/**
 * An amount as people of this language write it, with the decimals that the currency has in practice: `฿1,234.50`,
 * `Rp 1.234.567`. Exact at any size: the decimals go to Intl as text.
 */
export function moneyText(money: Money, locale: Locale): string {
  return formatOf(locale, money.currency, false).format(formatMoney(money) as Intl.StringNumericLiteral);
}

/** The same for an SMS: with the currency's code where its sign would make the whole text UCS-2. */
export function moneyForSms(money: Money, locale: Locale): string {
  const text = moneyText(money, locale).replaceAll(/\s/gu, ' ');
  if (locale === 'th' || notInGsm7(text).length === 0) return text;
  return formatOf(locale, money.currency, true).format(formatMoney(money) as Intl.StringNumericLiteral);
}
