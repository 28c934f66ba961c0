import type { Money } from '#shared/money.ts';
import { type DataObject, type Objects, seal, write } from './objects.ts';
import { closing, must, opening, type Payee, type Scheme, type Shown, template, wanted } from './scheme.ts';

const TO_PERSON = 'com.p2pqrpay';
const TO_MERCHANT = 'ph.ppmi.p2m';
/** What object 02 of a person's template says: InstaPay's own number. */
const INSTAPAY = '99964403';
const BIC = /^[A-Z]{6}[A-Z0-9]{5}$/;
const ACCOUNT = /^[\dA-Za-z]{1,34}$/;
/** A number without its plus, as codes in use have it. */
const MOBILE = /^\+?[\d-]{10,15}$/;

type Common = {
  /** The bank's BIC of 11 characters. */
  readonly bic: string;
  readonly shown: Shown;
  readonly money?: Money;
  /** Up to 25 characters. */
  readonly reference?: string;
};

type QrPhCode = Common &
  (
    | { readonly to: 'person'; readonly account: string }
    | { readonly to: 'merchant'; readonly merchantId: string; readonly category: string }
  );

/**
 * A QR Ph payload: P2P (template 27) or P2M (template 28).
 *
 * @throws {RangeError} when a part has a form that banks would refuse
 */
export function qrPhCode(code: QrPhCode): string {
  must(BIC.test(code.bic), 'a BIC here has 11 characters');
  const additional: DataObject[] = code.reference === undefined ? [] : [['62', write([['05', code.reference]])]];
  const rest = [...closing('PHP', code.money, 'PH', code.shown), ...additional];
  if (code.to === 'person') {
    must(ACCOUNT.test(code.account), 'an account has 1 to 34 letters and digits');
    const account = template('27', TO_PERSON, [
      ['01', code.bic],
      ['02', INSTAPAY],
      ['04', code.account],
    ]);
    return seal([...opening(code.money), account, ['52', '6016'], ...rest]);
  }
  must(ACCOUNT.test(code.merchantId), 'a merchant id has 1 to 34 letters and digits');
  must(/^\d{4}$/.test(code.category), 'a category has four digits');
  const account = template('28', TO_MERCHANT, [
    ['01', code.bic],
    ['03', code.merchantId],
  ]);
  return seal([...opening(code.money), account, ['52', code.category], ...rest]);
}

function read(template: Objects): Payee | undefined {
  const mark = template.get('00');
  if (mark !== TO_PERSON && mark !== TO_MERCHANT) return undefined;
  const institution = wanted(template, '01', BIC, 'BIC');
  if (mark === TO_MERCHANT) {
    const reference = wanted(template, '03', ACCOUNT, 'merchant');
    return { scheme: 'qr_ph', type: 'merchant', reference, institution };
  }
  const account = template.get('04') ?? template.get('03');
  if (account !== undefined) {
    if (!ACCOUNT.test(account)) throw new SyntaxError('has no account in its form');
    return { scheme: 'qr_ph', type: 'bank_account', reference: account, institution };
  }
  const reference = wanted(template, '05', MOBILE, 'account and no mobile number');
  return { scheme: 'qr_ph', type: 'mobile', reference, institution };
}

export const qrPh: Scheme = { name: 'qr_ph', currency: 'PHP', formats: ['01'], read };
