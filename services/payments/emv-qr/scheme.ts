import type { Currency, Money } from '#shared/money.ts';
import { amountObject, CURRENCY_NUMBERS } from './amount.ts';
import { type DataObject, type Objects, write } from './objects.ts';

export const QR_SCHEMES = ['promptpay', 'paynow', 'qris', 'duitnow', 'qr_ph', 'vietqr', 'tchat'] as const;
export type QrScheme = (typeof QR_SCHEMES)[number];

/** Whom a code pays, as its scheme names them. */
export type Payee = {
  readonly scheme: QrScheme;
  /** What kind of name the reference is: `mobile`, `biller`, `bank_account`, … */
  readonly type: string;
  readonly reference: string;
  /** The bank or acquirer that keeps the account, where the scheme names one. */
  readonly institution?: string;
  /** What the scheme's own template says of the payment: a bill's number and the like. */
  readonly billReference?: string;
  readonly expiresAt?: Date;
};

/** A scheme reads the account templates (26 to 51) that are its own. */
export type Scheme = {
  readonly name: QrScheme;
  readonly currency: Currency | undefined;
  /** What object 00 may be; `01` for most. */
  readonly formats: readonly string[];
  /**
   * The payee of a template; undefined for one of another scheme.
   *
   * @throws {SyntaxError} for one of this scheme that is broken
   */
  readonly read: (template: Objects, all: Objects) => Payee | undefined;
};

/** A merchant or person as a code shows them. Up to 25 and 15 characters (EMVCo objects 59 and 60). */
export type Shown = { readonly name: string; readonly city: string };

const NAME_MAX = 25;
const CITY_MAX = 15;

/** A template with the scheme's mark as its first object; what is undefined is left out. */
export function template(id: string, mark: string, objects: readonly (DataObject | undefined)[]): DataObject {
  const present = objects.filter((object) => object !== undefined);
  return [id, write([['00', mark], ...present])];
}

/** The objects before the account: the format, and whether the code is for one payment of an exact sum. */
export function opening(money: Money | undefined, format = '01'): readonly DataObject[] {
  return [
    ['00', format],
    ['01', money === undefined ? '11' : '12'],
  ];
}

/** Objects 53, 54, 58, 59 and 60. */
export function closing(
  currency: Currency,
  money: Money | undefined,
  country: string,
  shown?: Shown,
): readonly DataObject[] {
  if (money !== undefined && money.currency !== currency) throw new RangeError(`the scheme collects ${currency}`);
  return [
    ['53', CURRENCY_NUMBERS[currency]],
    ...(money === undefined ? [] : [amountObject(money)]),
    ['58', country],
    ...(shown === undefined ? [] : shownObjects(shown)),
  ];
}

function shownObjects({ name, city }: Shown): readonly DataObject[] {
  return [
    ['59', plain(name, NAME_MAX)],
    ['60', plain(city, CITY_MAX)],
  ];
}

/**
 * A text in the characters that objects 59 and 60 take, printable ASCII, and cut to their length: marks are dropped, and
 * what is left without a letter is shown as `-`.
 */
export function plain(text: string, max: number): string {
  const folded = text
    .normalize('NFD')
    .replaceAll('đ', 'd')
    .replaceAll('Đ', 'D')
    .replaceAll(/[^\x20-\x7e]/g, '')
    .trim();
  return folded.slice(0, max).trim() || '-';
}

/** Refuses to make a part that the scheme's readers would refuse. */
export function must(is: boolean, what: string): void {
  if (!is) throw new RangeError(what);
}

/** The value of an object that a template of the scheme must have, in its form. */
export function wanted(objects: Objects, id: string, form: RegExp, what: string): string {
  const value = objects.get(id);
  if (value === undefined || !form.test(value)) throw new SyntaxError(`has no ${what}`);
  return value;
}
