import type { PaymentMethodBody } from '#shared/contracts/payments/deposits.ts';
import type { Currency, Money } from '#shared/money.ts';
import { formatMoney, parseMoney } from '#shared/money.ts';
import { COUNTRIES, type Country } from '#shared/regions.ts';

/** A gateway that can collect a method, with what it keeps of each charge. */
export type Route = {
  readonly gateway: string;
  /** What the payer is given at once is a QR code that we make; else it is the gateway's to give. */
  readonly ownQr?: 'promptpay';
  /** Hundredths of a percent of the sum, and a fixed part as a decimal in the method's currency. */
  readonly costBps: number;
  readonly costFixed: string;
};

/** A way to put money into a wallet. Its type and currency together are unique. */
export type Method = {
  readonly type: string;
  readonly name: string;
  readonly countries: readonly Country[];
  readonly currency: Currency;
  readonly min: string;
  readonly max: string;
  /** In order of preference where they cost the same. */
  readonly routes: readonly [Route, ...Route[]];
};

function method(
  country: Country,
  currency: Currency,
  [type, name]: readonly [string, string],
  [min, max]: readonly [string, string],
  ...routes: Method['routes']
): Method {
  return { type, name, countries: [country], currency, min, max, routes };
}

function by(gateway: string, costBps: number, costFixed = '0'): Route {
  return { gateway, costBps, costFixed };
}

const BAHT = ['20.00', '150000.00'] as const;
const RINGGIT = ['1.00', '30000.00'] as const;
const SINGAPORE = ['1.00', '20000.00'] as const;
/** What InstaPay carries at once. */
const PESOS = ['20.00', '50000.00'] as const;
const RUPIAH_QR = ['1500', '10000000'] as const;
const RUPIAH_ACCOUNT = ['10000', '250000000'] as const;
/** Below what NAPAS 247 carries at once. */
const DONG = ['10000', '499999999'] as const;
const DONG_WALLET = ['10000', '50000000'] as const;

const CARD: readonly [string, string] = ['card', 'Card'];

/**
 * Each way of paying, with who can collect it. Smallest and largest sums are the schemes' and the gateways', and costs
 * are list prices: what is agreed upon goes here.
 */
const METHODS: readonly Method[] = [
  method(
    'TH',
    'THB',
    ['promptpay', 'PromptPay'],
    BAHT,
    { ...by('omise', 165), ownQr: 'promptpay' },
    by('xendit', 170),
    by('stripe', 165, '10.00'),
  ),
  method('TH', 'THB', ['mobile_banking_kbank', 'K PLUS'], BAHT, by('omise', 165)),
  method('TH', 'THB', ['mobile_banking_scb', 'SCB EASY'], BAHT, by('omise', 165)),
  method('SG', 'SGD', ['paynow', 'PayNow'], SINGAPORE, by('omise', 80), by('stripe', 130)),
  method('SG', 'SGD', ['grabpay', 'GrabPay'], SINGAPORE, by('stripe', 330)),
  method('SG', 'SGD', CARD, SINGAPORE, by('stripe', 340, '0.50')),
  method('ID', 'IDR', ['qris', 'QRIS'], RUPIAH_QR, by('xendit', 70)),
  method('ID', 'IDR', ['va_bca', 'BCA Virtual Account'], RUPIAH_ACCOUNT, by('xendit', 0, '4000')),
  method('ID', 'IDR', ['va_bni', 'BNI Virtual Account'], RUPIAH_ACCOUNT, by('xendit', 0, '4000')),
  method('ID', 'IDR', ['va_bri', 'BRI Virtual Account'], RUPIAH_ACCOUNT, by('xendit', 0, '4000')),
  method('ID', 'IDR', ['va_mandiri', 'Mandiri Virtual Account'], RUPIAH_ACCOUNT, by('xendit', 0, '4000')),
  method('MY', 'MYR', ['duitnow_qr', 'DuitNow QR'], RINGGIT, by('omise', 100), by('xendit', 120)),
  method('MY', 'MYR', ['fpx', 'FPX online banking'], ['2.00', '30000.00'], by('stripe', 300, '1.00')),
  method('PH', 'PHP', ['gcash', 'GCash'], PESOS, by('xendit', 230)),
  method('PH', 'PHP', ['maya', 'Maya'], PESOS, by('xendit', 180)),
  method('PH', 'PHP', ['qrph', 'QR Ph'], PESOS, by('xendit', 140)),
  method('VN', 'VND', ['vietqr', 'VietQR'], DONG, by('xendit', 100)),
  method('VN', 'VND', ['momo', 'MoMo'], DONG_WALLET, by('xendit', 200)),
  { ...method('SG', 'USD', CARD, ['1.00', '10000.00'], by('stripe', 390, '0.30')), countries: COUNTRIES },
];

export function methodsIn(country: Country): readonly Method[] {
  return METHODS.filter(({ countries }) => countries.includes(country));
}

/** The method of a deposit that was taken before, also when its country offers it no more. */
export function methodOf(type: string, currency: Currency): Method | undefined {
  return METHODS.find((method) => method.type === type && method.currency === currency);
}

/** How a sum relates to what a method takes. */
export function fits(method: Method, { minor }: Money): 'fits' | 'too_small' | 'too_large' {
  if (minor < bound(method.min, method.currency).minor) return 'too_small';
  return minor > bound(method.max, method.currency).minor ? 'too_large' : 'fits';
}

/** What a gateway keeps of a sum, in ten-thousandths of its minor units. */
export function costOf({ costBps, costFixed }: Route, { minor, currency }: Money): bigint {
  return minor * BigInt(costBps) + bound(costFixed, currency).minor * 10_000n;
}

/** Deposits cost the payer nothing; what the gateway takes is ours to bear. */
export function methodBody({ type, name, currency, min, max }: Method): PaymentMethodBody {
  return {
    type,
    name,
    supported_currencies: [currency],
    min_amount: min,
    max_amount: max,
    fee_percentage: '0',
    fee_fixed: formatMoney({ minor: 0n, currency }),
  };
}

function bound(amount: string, currency: Currency): Money {
  const money = parseMoney(amount, currency);
  if (typeof money === 'string') throw new TypeError(`${amount} ${currency} ${money}`);
  return money;
}
