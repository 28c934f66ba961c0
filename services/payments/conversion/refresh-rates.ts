import { CURRENCIES, type Currency } from '#shared/money.ts';
import { DAY, MINUTE } from '#shared/time.ts';
import type { PaymentsPorts } from '../ports.ts';
import { audited } from '../told.ts';
import type { FxMeters, FxRules, RateFeed, RateTable } from './ports.ts';
import { standings } from './positions.ts';
import { forgetQuotes } from './quotes-store.ts';
import { formatDecimal, hasJumped, parsePerUsd, PER_USD_DECIMALS } from './rate.ts';
import { addRates, believedRates, lockRates, type NewRate } from './rates-store.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'outbox' | 'clock' | 'log'> & {
  readonly feed: RateFeed;
  readonly fx: FxRules;
  readonly fxMeters: FxMeters;
};

/** How far the feed's clock may be ahead of ours. */
const CLOCK_SKEW_MS = MINUTE;
/** How long a quote that nobody took is kept, for questions about it. */
const LAPSED_KEPT_MS = DAY;
const FORGOTTEN_MAX = 1_000;

/**
 * Asks the feed for its rates and keeps them, each time it is called. A rate that is further from the last believed one
 * than rates move is kept and not quoted: one of the next tables heals it, or ops accept it. A feed that fails leaves the
 * rates to grow old; quotes stop when they are too old. Tells the meters how every currency stands, whatever came.
 */
export function makeRefreshRates({ databases, outbox, clock, log, feed, fx, fxMeters }: Ports) {
  const core = databases.of('core');

  async function keep(table: RateTable): Promise<'fresh' | 'same' | 'refused'> {
    const now = clock();
    if (table.ratedAt.getTime() > now.getTime() + CLOCK_SKEW_MS) {
      log.error({ feed: feed.name, ratedAt: table.ratedAt }, 'rates are of a time that has not come');
      return 'refused';
    }
    return await core.transaction(async (tx) => {
      await lockRates(tx);
      const before = new Map(
        (await believedRates(tx, CURRENCIES)).map((rate) => [rate.currency, parsePerUsd(rate.per_usd)!]),
      );
      const rates = CURRENCIES.flatMap((currency) => judged(currency, table, before.get(currency)));
      const of = { ratedAt: table.ratedAt, source: feed.name, receivedAt: now };
      const added = await addRates(tx, rates, of);
      const held = rates.filter(({ currency, jumped }) => jumped && added.includes(currency));
      for (const { currency, perUsd } of held) {
        log.error({ currency, perUsd, ratedAt: table.ratedAt }, 'a rate has jumped, and is not quoted unless accepted');
      }
      await outbox.append(tx, {
        audit: held.map(({ currency, perUsd }) =>
          audited({ actor: 'system', action: 'payments.rate_held', subject: currency, facts: { per_usd: perUsd } }),
        ),
      });
      return added.length > 0 ? 'fresh' : 'same';
    });
  }

  function judged(currency: Currency, { perUsd }: RateTable, before: bigint | undefined): NewRate[] {
    const text = currency === 'USD' ? '1' : perUsd.get(currency);
    const units = text === undefined ? undefined : parsePerUsd(text);
    if (units === undefined) {
      log.warn({ currency, feed: feed.name }, 'the feed has no rate that can be read');
      return [];
    }
    const jumped = before !== undefined && hasJumped(units, before, fx.jumpMaxBps);
    return [{ currency, perUsd: formatDecimal(units, PER_USD_DECIMALS), jumped }];
  }

  return async (): Promise<void> => {
    try {
      fxMeters.polled(await keep(await feed.latest()));
    } catch (error) {
      fxMeters.polled('failed');
      log.warn({ feed: feed.name, err: error }, 'rates could not be renewed');
    }
    const now = clock();
    for (const standing of await standings(core, now, fx)) {
      fxMeters.standing(standing, standing.ratedAt && now.getTime() - standing.ratedAt.getTime());
    }
    await forgetQuotes(core, new Date(now.getTime() - LAPSED_KEPT_MS), FORGOTTEN_MAX);
  };
}
