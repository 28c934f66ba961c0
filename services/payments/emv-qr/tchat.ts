import type { UserId } from '#shared/ids.ts';
import type { Currency, Money } from '#shared/money.ts';
import { type Objects, seal } from './objects.ts';
import { closing, opening, type Payee, type Scheme, type Shown, template, wanted } from './scheme.ts';

/** Our own reverse domain marks the template. Any of 26 to 51 may be used by whoever marks it so (EMVCo, 4.7.11). */
const MARK = 'example.tchat';
const HEX = /^[0-9a-f]{32}$/;

type TchatCode = {
  readonly userId: UserId;
  readonly currency: Currency;
  /** Two letters. */
  readonly country: string;
  readonly shown: Shown;
  /** Undefined lets the payer enter a sum. */
  readonly money?: Money;
};

/** The code by which a user is paid by others: whom POST /payments/transfers is to name, the currency, and the sum. */
export function tchatCode({ userId, currency, country, shown, money }: TchatCode): string {
  const account = template('26', MARK, [['01', userId.replaceAll('-', '')]]);
  return seal([...opening(money), account, ['52', '0000'], ...closing(currency, money, country, shown)]);
}

function read(template: Objects): Payee | undefined {
  if (template.get('00') !== MARK) return undefined;
  const hex = wanted(template, '01', HEX, 'user');
  return {
    scheme: 'tchat',
    type: 'user',
    reference: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
  };
}

export const tchat: Scheme = { name: 'tchat', currency: undefined, formats: ['01'], read };
