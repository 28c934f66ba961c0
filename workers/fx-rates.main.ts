import { startLoop } from '#infrastructure/events/loop.ts';
import { makeOpenExchangeRates } from '#infrastructure/fx/open-exchange-rates.ts';
import { fxMeters } from '#infrastructure/metrics/fx-metrics.ts';
import { fxRulesOf } from '#services/fx-rules.main.ts';
import type { Ground } from '#services/ground.main.ts';
import { makeRefreshRates } from '#services/payments/conversion/refresh-rates.ts';

/** Looks at the feed of exchange rates from time to time. Several processes may: what one has kept, another passes over. */
export function pollRates(ground: Ground, resources: AsyncDisposableStack): void {
  const { config, log } = ground;
  const refresh = makeRefreshRates({
    ...ground,
    feed: makeOpenExchangeRates({ baseUrl: config.FX_BASE_URL, appId: config.FX_APP_ID }),
    fx: fxRulesOf(config),
    fxMeters,
  });
  const loop = startLoop({
    name: 'fx-rates',
    restMs: config.FX_RATES_EVERY,
    log,
    turn: async () => {
      await refresh();
      return 'idle';
    },
  });
  resources.defer(() => loop.stop());
}
