import type { PaymentMethodBody } from '#shared/contracts/payments/deposits.ts';
import type { Currency, Money } from '#shared/money.ts';
import { formatMoney, parseMoney } from '#shared/money.ts';
import type { Country } from '#shared/regions.ts';

/** A way to put money into a wallet. */
export type Method = {
  readonly type: string;
  readonly name: string;
  readonly country: Country;
  readonly currency: Currency;
  /** The gateway that collects it. */
  readonly gateway: string;
  /** What the payer is given: a QR code that we make, or the gateway's page. */
  readonly shows: 'promptpay_qr' | 'page';
  readonly min: string;
  readonly max: string;
};

/**
 * The methods that a gateway of ours collects today. The types are the gateway's own words for them.
 * Smallest and largest sums are Omise's for PromptPay and mobile banking, and of our own for the others.
 */
const METHODS: readonly Method[] = [
  {
    type: 'promptpay',
    name: 'PromptPay',
    country: 'TH',
    currency: 'THB',
    gateway: 'omise',
    shows: 'promptpay_qr',
    min: '20.00',
    max: '150000.00',
  },
  {
    type: 'mobile_banking_kbank',
    name: 'K PLUS',
    country: 'TH',
    currency: 'THB',
    gateway: 'omise',
    shows: 'page',
    min: '20.00',
    max: '150000.00',
  },
  {
    type: 'mobile_banking_scb',
    name: 'SCB EASY',
    country: 'TH',
    currency: 'THB',
    gateway: 'omise',
    shows: 'page',
    min: '20.00',
    max: '150000.00',
  },
  {
    type: 'paynow',
    name: 'PayNow',
    country: 'SG',
    currency: 'SGD',
    gateway: 'omise',
    shows: 'page',
    min: '1.00',
    max: '20000.00',
  },
  {
    type: 'duitnow_qr',
    name: 'DuitNow QR',
    country: 'MY',
    currency: 'MYR',
    gateway: 'omise',
    shows: 'page',
    min: '1.00',
    max: '30000.00',
  },
];

export function methodsIn(country: Country): readonly Method[] {
  return METHODS.filter((method) => method.country === country);
}

/** How a sum relates to what a method takes. */
export function fits(method: Method, { minor }: Money): 'fits' | 'too_small' | 'too_large' {
  if (minor < bound(method.min, method.currency).minor) return 'too_small';
  return minor > bound(method.max, method.currency).minor ? 'too_large' : 'fits';
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
