import type { PayoutMethodBody } from '#shared/contracts/payments/payouts.ts';
import { type Currency, formatMoney, type Money, parseMoney } from '#shared/money.ts';
import type { Country } from '#shared/regions.ts';
import { type Bank, banksIn, walletsIn } from './banks.ts';

/** A way for money to leave a wallet. */
export type PayoutMethod = {
  /** A `type` of a destination. */
  readonly type: string;
  readonly name: string;
  readonly country: Country;
  readonly currency: Currency;
  /** The gateway that pays it. */
  readonly gateway: 'omise' | 'xendit';
  readonly min: string;
  readonly max: string;
  /** Which `bank_code` is wanted, if any is. */
  readonly codes: 'banks' | 'wallets' | 'none';
  /** What the number of an account looks like, without spaces and hyphens. */
  readonly number: RegExp;
};

const TH_NUMBER = /^\d{10,15}$/;

/**
 * The methods by country. The largest sums are those of the instant rails where we know one (BI-FAST, InstaPay, NAPAS 247),
 * of our own where we do not; a wallet's own limits are mostly below.
 */
const METHODS: readonly PayoutMethod[] = [
  thai('bank', 'Bank account', 'banks', TH_NUMBER),
  // A phone number, a national or tax id, an e-wallet's id.
  thai('promptpay', 'PromptPay', 'none', /^(?:0[689]\d{8}|\d{13}|\d{15})$/),
  singapore('bank', 'Bank account', 'banks', /^\d{7,14}$/),
  // A phone number or a UEN.
  singapore('paynow', 'PayNow', 'none', /^(?:\+?65[89]\d{7}|[89]\d{7}|\d{8,9}[A-Z]|[RST]\d{2}[A-Z]{2}\d{4}[A-Z])$/),
  indonesia('bank', 'Rekening bank', 'banks', /^\d{8,18}$/),
  indonesia('ewallet', 'E-wallet', 'wallets', /^(?:\+?62|0)8\d{8,11}$/),
  malaysia('bank', 'Bank account', 'banks', /^\d{8,17}$/),
  // A phone number or a MyKad number.
  malaysia('duitnow', 'DuitNow', 'none', /^(?:\+?601\d{8,9}|01\d{8,9}|\d{12})$/),
  philippines('bank', 'Bank account', 'banks', /^\d{8,18}$/),
  philippines('qrph', 'InstaPay', 'banks', /^\d{8,18}$/),
  philippines('ewallet', 'E-wallet', 'wallets', /^(?:\+?63|0)9\d{9}$/),
  philippines('gcash', 'GCash', 'none', /^(?:\+?63|0)9\d{9}$/),
  philippines('maya', 'Maya', 'none', /^(?:\+?63|0)9\d{9}$/),
  vietnam('bank', 'Bank account', 'banks', /^\d{6,19}$/),
  vietnam('ewallet', 'E-wallet', 'wallets', /^(?:\+?84|0)[35789]\d{8}$/),
  vietnam('momo', 'MoMo', 'none', /^(?:\+?84|0)[35789]\d{8}$/),
];

type FeeRule = {
  readonly country: Country;
  readonly fee: string;
  /** The first day that it is in force. The latest one in force applies. */
  readonly from: string;
  readonly source: string;
};

/** What a withdrawal costs on top of its sum. A change is a new line with its date, never an edit. */
const FEES: readonly FeeRule[] = [
  { country: 'TH', fee: '0', from: '2018-03-28', source: 'Thai banks waive fees of transfers since 2018-03; ours too' },
  { country: 'SG', fee: '0', from: '2021-01-01', source: 'FAST and PayNow cost people nothing' },
  { country: 'ID', fee: '2500', from: '2021-12-21', source: 'Bank Indonesia: BI-FAST at most Rp2,500' },
  { country: 'MY', fee: '0.50', from: '2020-01-01', source: 'PayNet: at most RM0.50 a transfer' },
  { country: 'PH', fee: '10.00', from: '2023-01-01', source: 'ours, after what InstaPay participants ask' },
  { country: 'VN', fee: '3300', from: '2022-01-01', source: 'ours, after what banks ask for NAPAS 247' },
];

export function payoutMethodsIn(country: Country): readonly PayoutMethod[] {
  return METHODS.filter((method) => method.country === country);
}

/** The banks or e-wallets of which a method wants one named. */
export function codesOf({ codes, country }: PayoutMethod): readonly Bank[] {
  if (codes === 'none') return [];
  return codes === 'banks' ? banksIn(country) : walletsIn(country);
}

/** What a payout costs on a day (`2026-11-24`), in minor units of the method's currency. */
export function payoutFee({ country, currency }: PayoutMethod, day: string): bigint {
  const [rule] = FEES.filter((rule) => rule.country === country && rule.from <= day).toSorted((a, b) =>
    b.from.localeCompare(a.from),
  );
  return minorOf(rule?.fee ?? '0', currency);
}

/** How a sum relates to what a method pays. */
export function fitsPayout({ min, max, currency }: PayoutMethod, { minor }: Money): 'fits' | 'too_small' | 'too_large' {
  if (minor < minorOf(min, currency)) return 'too_small';
  return minor > minorOf(max, currency) ? 'too_large' : 'fits';
}

export function payoutMethodBody(method: PayoutMethod, day: string): PayoutMethodBody {
  const { type, name, currency, min, max } = method;
  return {
    type,
    name,
    currency,
    min_amount: min,
    max_amount: max,
    fee: formatMoney({ minor: payoutFee(method, day), currency }),
    bank_codes: codesOf(method).map(({ code, name }) => ({ code, name })),
  };
}

type Own = Pick<PayoutMethod, 'country' | 'currency' | 'gateway' | 'min' | 'max'>;
type Shape = readonly [type: string, name: string, codes: PayoutMethod['codes'], number: RegExp];

function method(own: Own, [type, name, codes, number]: Shape): PayoutMethod {
  return { ...own, type, name, codes, number };
}

function thai(...shape: Shape): PayoutMethod {
  return method({ country: 'TH', currency: 'THB', gateway: 'omise', min: '30.00', max: '2000000.00' }, shape);
}

function singapore(...shape: Shape): PayoutMethod {
  return method({ country: 'SG', currency: 'SGD', gateway: 'omise', min: '1.00', max: '200000.00' }, shape);
}

function indonesia(...shape: Shape): PayoutMethod {
  return method({ country: 'ID', currency: 'IDR', gateway: 'xendit', min: '10000', max: '250000000' }, shape);
}

function malaysia(...shape: Shape): PayoutMethod {
  return method({ country: 'MY', currency: 'MYR', gateway: 'xendit', min: '1.00', max: '30000.00' }, shape);
}

function philippines(...shape: Shape): PayoutMethod {
  return method({ country: 'PH', currency: 'PHP', gateway: 'xendit', min: '1.00', max: '50000.00' }, shape);
}

function vietnam(...shape: Shape): PayoutMethod {
  return method({ country: 'VN', currency: 'VND', gateway: 'xendit', min: '10000', max: '499999999' }, shape);
}

function minorOf(amount: string, currency: Currency): bigint {
  const money = parseMoney(amount, currency);
  if (typeof money === 'string') throw new TypeError(`${amount} ${currency} ${money}`);
  return money.minor;
}
