import type { Currency, Money } from '#shared/money.ts';
import { currencyOf, readAmount } from './amount.ts';
import { duitNow } from './duitnow.ts';
import { type Objects, PAYLOAD_MAX, read, unseal } from './objects.ts';
import { payNow } from './paynow.ts';
import { promptPay } from './promptpay.ts';
import { qrPh } from './qr-ph.ts';
import { qris } from './qris.ts';
import type { Payee, Scheme } from './scheme.ts';
import { tchat } from './tchat.ts';
import { vietQr } from './vietqr.ts';

const SCHEMES: readonly Scheme[] = [tchat, promptPay, payNow, qris, duitNow, qrPh, vietQr];

/** Templates of accounts. */
const ACCOUNT_FIRST = 26;
const ACCOUNT_LAST = 51;

/** What is asked on top of the sum (objects 55 to 57). */
export type Extra = { readonly type: 'asked' | 'fixed' | 'percentage'; readonly value: string | undefined };

export type ReadCode = {
  /** Whom it pays: one, or several where a code is good in several schemes. The first is of the scheme that we name. */
  readonly payees: readonly [Payee, ...Payee[]];
  /** For one payment, and no more. */
  readonly isDynamic: boolean;
  readonly currency: Currency;
  /** Undefined where the payer enters it. */
  readonly money: Money | undefined;
  readonly extra: Extra | undefined;
  readonly country: string | undefined;
  readonly merchantName: string | undefined;
  readonly merchantCity: string | undefined;
  /** Of the bill or payment. */
  readonly reference: string | undefined;
};

/**
 * What a scanned EMVCo payload of one of our countries pays, with its objects in any order.
 *
 * @returns in words what is wrong with it, where something is
 */
export function readCode(payload: string): ReadCode | string {
  if (payload.length > PAYLOAD_MAX) return 'is longer than a code can be';
  const inside = unseal(payload);
  if (inside === undefined) return 'has a wrong checksum, or is no payment code';
  const objects = read(inside);
  // A checksum inside would be a code behind a code.
  if (objects === undefined || objects.has('63')) return 'is broken';
  try {
    return codeOf(objects);
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}

function codeOf(objects: Objects): ReadCode {
  const found = payeesIn(objects);
  const [first, ...others] = found;
  if (first === undefined) throw new SyntaxError('is of no scheme that we know');
  const { scheme } = first;
  if (!scheme.formats.includes(objects.get('00') ?? '')) throw new SyntaxError('has a format that is not known');
  const currency = currencyOf(objects.get('53') ?? '');
  if (currency === undefined) throw new SyntaxError('is in no currency that we have');
  if (scheme.currency !== undefined && scheme.currency !== currency) {
    throw new SyntaxError(`is in ${currency}, which is not the currency of its scheme`);
  }
  const point = objects.get('01');
  if (point !== undefined && point !== '11' && point !== '12') {
    throw new SyntaxError('does not tell whether it is for one payment');
  }
  return {
    payees: [first.payee, ...others.map(({ payee }) => payee)],
    isDynamic: point === '12',
    currency,
    money: moneyOf(objects.get('54'), currency),
    extra: extraOf(objects),
    country: objects.get('58'),
    ...shownBy(objects),
    reference: first.payee.billReference ?? referenceOf(objects.get('62')),
  };
}

function payeesIn(objects: Objects): { readonly scheme: Scheme; readonly payee: Payee }[] {
  const templates = [...objects]
    .filter(([id]) => Number(id) >= ACCOUNT_FIRST && Number(id) <= ACCOUNT_LAST)
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([, value]) => read(value))
    .filter((template) => template !== undefined);
  return SCHEMES.flatMap((scheme) =>
    templates.flatMap((template) => {
      const payee = scheme.read(template, objects);
      return payee === undefined ? [] : [{ scheme, payee }];
    }),
  );
}

function moneyOf(text: string | undefined, currency: Currency): Money | undefined {
  if (text === undefined) return undefined;
  const money = readAmount(text, currency);
  if (typeof money === 'string') throw new SyntaxError(`asks for an amount that ${money}`);
  return money;
}

/** 55 says how: 01 asks the payer, 02 is a sum in 56, 03 a percentage in 57. */
function extraOf(objects: Objects): Extra | undefined {
  switch (objects.get('55')) {
    case undefined:
      return undefined;
    case '01':
      return { type: 'asked', value: undefined };
    case '02':
      return { type: 'fixed', value: decimal(objects.get('56')) };
    case '03':
      return { type: 'percentage', value: decimal(objects.get('57')) };
    default:
      throw new SyntaxError('asks for a tip in a way that is not known');
  }
}

function decimal(text: string | undefined): string {
  if (text === undefined || !/^\d{1,13}(\.\d{1,5})?$/.test(text)) throw new SyntaxError('asks for a fee that is none');
  return text;
}

/** The name in the merchant's own language (template 64) goes before the one in Latin letters. */
function shownBy(objects: Objects) {
  const own = read(objects.get('64') ?? '');
  return { merchantName: own?.get('01') ?? objects.get('59'), merchantCity: own?.get('02') ?? objects.get('60') };
}

/** The bill's number, else the reference, else the note; `***` asks the payer's app for one. */
function referenceOf(additional: string | undefined): string | undefined {
  const objects = read(additional ?? '');
  return ['01', '05', '08'].map((id) => objects?.get(id)).find((value) => value !== undefined && value !== '***');
}
