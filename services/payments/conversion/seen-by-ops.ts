import type { Caller } from '#shared/caller.ts';
import type { FxStandingBody } from '#shared/contracts/payments/conversions.ts';
import { AppError } from '#shared/errors.ts';
import type { Currency } from '#shared/money.ts';
import type { PaymentsPorts } from '../ports.ts';
import { audited } from '../told.ts';
import { decimalOf } from '../wire.ts';
import { standings } from './positions.ts';
import { formatDecimal } from './rate.ts';
import { acceptRate, findRate, latestRates, lockRates } from './rates-store.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'outbox' | 'clock' | 'fx'>;

const MICROS_DECIMALS = 6;

/** What ops see of conversion: which currencies are quoted and which not, and where the house stands in each. */
export function makeShowFx({ databases, clock, fx }: Ports) {
  return async (): Promise<FxStandingBody> => {
    const all = await standings(databases.of('core'), clock(), fx);
    return {
      currencies: all.map(({ currency, state, perUsd, ratedAt, position, exposureUsdMicros: exposure }) => ({
        currency,
        state,
        per_usd: perUsd ?? null,
        rated_at: ratedAt?.toISOString() ?? null,
        position: decimalOf(position, currency),
        exposure_usd: exposure === undefined ? null : signed(exposure),
      })),
      exposure_max_usd: formatDecimal(fx.exposureMaxMicros, MICROS_DECIMALS),
    };
  };
}

export type AcceptRate = { readonly currency: Currency; readonly ratedAt: Date; readonly reason: string };

/**
 * Believes a rate that had jumped, after a person has looked. What was accepted already stays so.
 *
 * @throws {AppError} NOT_FOUND, CONFLICT for a rate that is not held or no longer the newest
 */
export function makeAcceptRate({ databases, outbox, clock }: Ports) {
  return async ({ userId }: Caller, { currency, ratedAt, reason }: AcceptRate): Promise<void> => {
    await databases.of('core').transaction(async (tx) => {
      await lockRates(tx);
      const rate = await findRate(tx, currency, ratedAt);
      if (rate === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such rate' });
      const [newest] = await latestRates(tx, [currency]);
      if (newest?.rated_at.getTime() !== rate.rated_at.getTime()) {
        throw new AppError('CONFLICT', { message: 'There is a newer rate' });
      }
      if (!rate.held) throw new AppError('CONFLICT', { message: 'The rate is not held' });
      await acceptRate(tx, rate, { actor: userId, reason, at: clock() });
      const facts = { per_usd: rate.per_usd, reason };
      await outbox.append(tx, {
        audit: [audited({ actor: userId, action: 'payments.rate_accepted', subject: currency, facts })],
      });
    });
  };
}

function signed(micros: bigint): string {
  return micros < 0n ? `-${formatDecimal(-micros, MICROS_DECIMALS)}` : formatDecimal(micros, MICROS_DECIMALS);
}
