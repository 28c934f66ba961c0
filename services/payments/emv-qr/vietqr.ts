import type { Money } from '#shared/money.ts';
import { type DataObject, type Objects, read as readObjects, seal, write } from './objects.ts';
import { closing, must, opening, type Payee, plain, type Scheme, template, wanted } from './scheme.ts';

const MARK = 'A000000727';
const BIN = /^\d{6}$/;
const ACCOUNT = /^[\dA-Za-z]{1,19}$/;
const SERVICES = { account: 'QRIBFTTA', card: 'QRIBFTTC' } as const;
/** Object 62-08. */
const NOTE_MAX = 50;

type VietQrCode = {
  /** The bank's six digits, and the account or card there. */
  readonly bin: string;
  readonly account: string;
  readonly to: 'account' | 'card';
  readonly money?: Money;
  /** What the payment is for. Marks are dropped: banks take none. */
  readonly note?: string;
};

/**
 * A VietQR payload: a transfer by NAPAS 247 (template 38).
 *
 * @throws {RangeError} when a part has a form that banks would refuse
 */
export function vietQrCode({ bin, account, to, money, note }: VietQrCode): string {
  must(BIN.test(bin), 'a bank has six digits');
  must(ACCOUNT.test(account), 'an account has 1 to 19 letters and digits');
  const beneficiary = write([
    ['00', bin],
    ['01', account],
  ]);
  const own = template('38', MARK, [
    ['01', beneficiary],
    ['02', SERVICES[to]],
  ]);
  const additional: DataObject[] = note === undefined ? [] : [['62', write([['08', plain(note, NOTE_MAX)]])]];
  return seal([...opening(money), own, ...closing('VND', money, 'VN'), ...additional]);
}

function read(template: Objects): Payee | undefined {
  if (template.get('00') !== MARK) return undefined;
  const beneficiary = readObjects(template.get('01') ?? '');
  if (beneficiary === undefined) throw new SyntaxError('names nobody to pay');
  const service = wanted(template, '02', /^QRIBFTT[AC]$/, 'service that VietQR has');
  return {
    scheme: 'vietqr',
    type: service === SERVICES.card ? 'card' : 'bank_account',
    reference: wanted(beneficiary, '01', ACCOUNT, 'account'),
    institution: wanted(beneficiary, '00', BIN, 'bank of six digits'),
  };
}

export const vietQr: Scheme = { name: 'vietqr', currency: 'VND', formats: ['01'], read };
