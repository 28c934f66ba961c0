import type { Money } from '#shared/money.ts';
import { type DataObject, type Objects, seal } from './objects.ts';
import { closing, must, opening, type Payee, type Scheme, template, wanted } from './scheme.ts';

const TRANSFER = 'A000000677010111';
const BILL = 'A000000677010112';
const BILLER = /^\d{15}$/;
const REFERENCE = /^[A-Z0-9]{1,20}$/;

/** How PromptPay knows someone: a mobile number in E.164, a national or tax id, or the number of an e-wallet. */
type Proxy = { readonly type: 'mobile' | 'national_id' | 'e_wallet'; readonly value: string };

const PROXIES = {
  mobile: { id: '01', form: /^\+66\d{9}$/, wire: /^0066\d{9}$/ },
  national_id: { id: '02', form: /^\d{13}$/, wire: /^\d{13}$/ },
  e_wallet: { id: '03', form: /^\d{15}$/, wire: /^\d{15}$/ },
} as const;

/**
 * A payload that pays a person (template 29), of an exact sum or of what the payer enters. The country stands before the
 * currency, as the generators in use write it.
 *
 * @throws {RangeError} when a part has a form that banks would refuse
 */
export function promptPayTransfer(to: Proxy, money?: Money): string {
  const proxy = PROXIES[to.type];
  must(proxy.form.test(to.value), `${to.value} is no ${to.type} of PromptPay`);
  const account: DataObject = [proxy.id, to.type === 'mobile' ? `00${to.value.slice(1)}` : to.value];
  const [currency, ...rest] = closing('THB', money, 'TH');
  const country = rest.at(-1)!;
  return seal([...opening(money), template('29', TRANSFER, [account]), country, currency!, ...rest.slice(0, -1)]);
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
 * The payload of a bill payment (template 30), for one payment of an exact sum.
 *
 * @throws {RangeError} when a part has a form that banks would refuse
 */
export function promptPayBill({ billerId, reference1, reference2, money }: PromptPayBill): string {
  must(BILLER.test(billerId), 'a PromptPay biller id has 15 digits');
  must(REFERENCE.test(reference1) && REFERENCE.test(reference2), 'a reference is 1 to 20 capital letters and digits');
  const account = template('30', BILL, [
    ['01', billerId],
    ['02', reference1],
    ['03', reference2],
  ]);
  return seal([...opening(money), account, ...closing('THB', money, 'TH')]);
}

/** The two references of a transaction: its id without dashes, in halves, so that a bank statement leads back to it. */
export function referencesOf(transactionId: string): { readonly reference1: string; readonly reference2: string } {
  const digits = transactionId.replaceAll('-', '').toUpperCase();
  return { reference1: digits.slice(0, 16), reference2: digits.slice(16) };
}

function read(template: Objects): Payee | undefined {
  const mark = template.get('00');
  if (mark === BILL) {
    const references = [template.get('02'), template.get('03')].filter((one) => one !== undefined);
    return {
      scheme: 'promptpay',
      type: 'biller',
      reference: wanted(template, '01', BILLER, 'biller of 15 digits'),
      ...(references.length === 0 ? {} : { billReference: references.join(' ') }),
    };
  }
  if (mark !== TRANSFER) return undefined;
  const types = Object.keys(PROXIES) as Proxy['type'][];
  const type = types.find((type) => template.has(PROXIES[type].id));
  if (type === undefined) throw new SyntaxError('names nobody to pay');
  const value = wanted(template, PROXIES[type].id, PROXIES[type].wire, `${type} in its form`);
  return { scheme: 'promptpay', type, reference: type === 'mobile' ? `+${value.slice(2)}` : value };
}

export const promptPay: Scheme = { name: 'promptpay', currency: 'THB', formats: ['01'], read };
