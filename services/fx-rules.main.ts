import type { Config } from '#infrastructure/config/settings.ts';
import type { FxRules } from '#services/payments/conversion/ports.ts';

/** A hundredth of a per cent. */
const BPS_IN_PERCENT = 100n;

/** By what quotes are given and rates believed, as the settings have it. */
export function fxRulesOf(config: Config): FxRules {
  return {
    quoteForMs: config.FX_QUOTE_FOR,
    ratesMaxAgeMs: config.FX_RATES_MAX_AGE,
    jumpMaxBps: BigInt(config.FX_JUMP_MAX_PERCENT) * BPS_IN_PERCENT,
    exposureMaxMicros: config.FX_EXPOSURE_MAX,
    extraMarginBps: BigInt(config.FX_EXTRA_MARGIN_BPS),
  };
}
