import type { Caller } from '#shared/caller.ts';
import type { PayoutMethodBody } from '#shared/contracts/payments/payouts.ts';
import { periodsAt } from '../calendar.ts';
import type { PaymentsPorts } from '../ports.ts';
import { payoutMethodBody, payoutMethodsIn } from './payout-methods.ts';

/** How money can leave a wallet where the caller is at home, with what that costs today. */
export function makeListPayoutMethods({ clock }: Pick<PaymentsPorts, 'clock'>) {
  return ({ country }: Pick<Caller, 'country'>): readonly PayoutMethodBody[] => {
    const { day } = periodsAt(clock(), country);
    return payoutMethodsIn(country).map((method) => payoutMethodBody(method, day));
  };
}
