import type { Caller } from '#shared/caller.ts';
import { AppError } from '#shared/errors.ts';
import type { Currency } from '#shared/money.ts';
import { type Country, COUNTRY_FACTS } from '#shared/regions.ts';
import type { Shop, ShopSettings } from '#shared/contracts/commerce/shop.ts';
import type { OrderUpdateName } from '#shared/workflows/order.ts';

/** Which of an order's parties a caller is. */
export type Side = 'customer' | 'merchant' | 'ops';

type Parties = { readonly customer_id: string; readonly owner_id: string };

/** The side of an order that a caller is on. @throws {AppError} NOT_FOUND for everybody else */
export function sideOf(caller: Pick<Caller, 'userId' | 'role'>, order: Parties | undefined): Side {
  if (order?.customer_id === caller.userId) return 'customer';
  if (order?.owner_id === caller.userId) return 'merchant';
  if (order !== undefined && caller.role === 'ops') return 'ops';
  throw new AppError('NOT_FOUND');
}

/** Who may ask for which step. Ops settle returns and leave the rest to the two sides. */
const MAY_ASK: Readonly<Record<OrderUpdateName, readonly Side[]>> = {
  confirm: ['merchant'],
  ship: ['merchant'],
  deliver: ['merchant', 'customer'],
  cancel: ['merchant', 'customer'],
  openReturn: ['customer'],
  acceptReturn: ['merchant', 'ops'],
};

/** @throws {AppError} FORBIDDEN when this side does not take that step */
export function mayAsk(side: Side, step: OrderUpdateName): void {
  if (!MAY_ASK[step].includes(side))
    throw new AppError('FORBIDDEN', { details: `This step is not the ${side}'s to take` });
}

/** The currency that each country's shops sell in when they do not say. */
const HOME_CURRENCY: Readonly<Record<Country, Currency>> = {
  TH: 'THB',
  SG: 'SGD',
  ID: 'IDR',
  MY: 'MYR',
  PH: 'PHP',
  VN: 'VND',
};

/** A shop's settings with every gap filled: it sells at home, in the country's currency and language, with tax. */
export function settingsOf(country: Country, given: ShopSettings, before?: Shop['settings']): Shop['settings'] {
  return {
    supported_currencies: given.supported_currencies ?? before?.supported_currencies ?? [HOME_CURRENCY[country]],
    supported_languages: given.supported_languages ?? before?.supported_languages ?? [COUNTRY_FACTS[country].locale],
    shipping_countries: given.shipping_countries ?? before?.shipping_countries ?? [country],
    shipping_fees: given.shipping_fees ?? before?.shipping_fees ?? {},
    tax: given.tax ?? before?.tax ?? { registered: true },
  };
}

/** The calendar date at a shop, `YYYY-MM-DD`. */
export function localDate(country: Country, at: Date): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: COUNTRY_FACTS[country].timezone }).format(at);
}
