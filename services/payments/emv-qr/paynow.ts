import type { Money } from '#shared/money.ts';
import { type DataObject, type Objects, seal, write } from './objects.ts';
import { closing, must, opening, type Payee, type Scheme, type Shown, template, wanted } from './scheme.ts';

const MARK = 'SG.PAYNOW';
const MOBILE = /^\+65[3689]\d{7}$/;
/** A business's number, with a suffix for one of its accounts. */
const UEN = /^[0-9A-Z]{9,10}[0-9A-Z]{0,3}$/;
const EXPIRY = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d))?$/;
const REFERENCE = /^[\x20-\x7e]{1,25}$/;

type PayNowCode = {
  /** A mobile number in E.164, or the UEN of a business. */
  readonly to: { readonly type: 'mobile' | 'uen'; readonly value: string };
  /** Undefined lets the payer enter a sum. */
  readonly money?: Money;
  /** The last day that the code is good, as it is in Singapore: `2026-11-24`. */
  readonly lastDay?: string;
  readonly merchant: Shown;
  /** Up to 25 characters; the payer's bank sends it along. */
  readonly reference?: string;
};

/**
 * A PayNow payload. A whole sum is written without decimals, as banks' own generators do.
 *
 * @throws {RangeError} when a part has a form that banks would refuse
 */
export function payNowCode({ to, money, lastDay, merchant, reference }: PayNowCode): string {
  must((to.type === 'mobile' ? MOBILE : UEN).test(to.value), `${to.value} is no ${to.type} of PayNow`);
  must(reference === undefined || REFERENCE.test(reference), 'a reference has 1 to 25 characters');
  const expiry = lastDay?.replaceAll('-', '');
  must(expiry === undefined || /^\d{8}$/.test(expiry), 'a last day is like 2026-11-24');
  const account = template('26', MARK, [
    ['01', to.type === 'mobile' ? '0' : '2'],
    ['02', to.value],
    ['03', money === undefined ? '1' : '0'],
    expiry === undefined ? undefined : ['04', expiry],
  ]);
  const rest = closing('SGD', money, 'SG', merchant).map(([id, value]): DataObject => [
    id,
    id === '54' ? value.replace(/\.00$/, '') : value,
  ]);
  const additional: DataObject[] = reference === undefined ? [] : [['62', write([['01', reference]])]];
  return seal([...opening(money), account, ['52', '0000'], ...rest, ...additional]);
}

function read(template: Objects): Payee | undefined {
  if (template.get('00') !== MARK) return undefined;
  const kind = wanted(template, '01', /^[02]$/, 'kind of proxy that PayNow has');
  const type = kind === '0' ? 'mobile' : 'uen';
  const expiry = template.get('04');
  return {
    scheme: 'paynow',
    type,
    reference: wanted(template, '02', type === 'mobile' ? MOBILE : UEN, `${type} in its form`),
    ...(expiry === undefined ? {} : { expiresAt: expiryOf(expiry) }),
  };
}

/** A day alone lasts to its end; times are Singapore's. */
function expiryOf(text: string): Date {
  const match = EXPIRY.exec(text);
  const [, year, month, day, hours = '23', minutes = '59', seconds = '59'] = match ?? [];
  const at = new Date(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}+08:00`);
  if (match === null || Number.isNaN(at.getTime())) throw new SyntaxError('has no date where it expires');
  return at;
}

export const payNow: Scheme = { name: 'paynow', currency: 'SGD', formats: ['01'], read };
