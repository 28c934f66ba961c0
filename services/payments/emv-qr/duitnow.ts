import type { Money } from '#shared/money.ts';
import { type DataObject, type Objects, seal, write } from './objects.ts';
import { closing, must, opening, type Payee, type Scheme, type Shown, template, wanted } from './scheme.ts';

const MARK = 'A0000006150001';
const ACQUIRER = /^\d{6}$/;
const QR_ID = /^[\dA-Za-z]{1,32}$/;

type DuitNowCode = {
  /** The bank's six digits and the merchant's id there. */
  readonly acquirer: string;
  readonly qrId: string;
  /** Four digits: what the merchant sells; 0000 is a person. */
  readonly category: string;
  readonly merchant: Shown;
  readonly money?: Money;
  /** Up to 25 characters. */
  readonly reference?: string;
};

/**
 * A DuitNow payload in the format that PayNet's rules name since version 1.5, `02`; codes with `01` are about and are read.
 *
 * @throws {RangeError} when a part has a form that banks would refuse
 */
export function duitNowCode({ acquirer, qrId, category, merchant, money, reference }: DuitNowCode): string {
  must(ACQUIRER.test(acquirer), 'an acquirer of DuitNow has six digits');
  must(QR_ID.test(qrId), 'a QR id has 1 to 32 letters and digits');
  must(/^\d{4}$/.test(category), 'a category has four digits');
  const account = template('26', MARK, [
    ['01', acquirer],
    ['02', qrId],
  ]);
  const additional: DataObject[] = reference === undefined ? [] : [['62', write([['05', reference]])]];
  const rest = closing('MYR', money, 'MY', merchant);
  return seal([...opening(money, '02'), account, ['52', category], ...rest, ...additional]);
}

function read(template: Objects, all: Objects): Payee | undefined {
  if (template.get('00') !== MARK) return undefined;
  return {
    scheme: 'duitnow',
    type: all.get('52') === '0000' ? 'person' : 'merchant',
    reference: wanted(template, '02', QR_ID, 'QR id'),
    institution: wanted(template, '01', ACQUIRER, 'acquirer of six digits'),
  };
}

export const duitNow: Scheme = { name: 'duitnow', currency: 'MYR', formats: ['01', '02'], read };
