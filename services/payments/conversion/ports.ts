import type { Currency } from '#shared/money.ts';

/** What a feed of rates says at a moment. */
export type RateTable = {
  /** The moment that the feed says the rates are of. */
  readonly ratedAt: Date;
  /** How many units a US dollar buys, as plain decimals, by currency. Those that it does not have are missing. */
  readonly perUsd: ReadonlyMap<Currency, string>;
};

export interface RateFeed {
  /** Kept with each rate. */
  readonly name: string;
  /** @throws {AppError} UPSTREAM_UNAVAILABLE when there is no answer that can be read, within ten seconds */
  latest(): Promise<RateTable>;
}

/** By what quotes are given and rates are believed. */
export type FxRules = {
  /** How long a quote stands, in milliseconds (FX_QUOTE_FOR). */
  readonly quoteForMs: number;
  /** How old a rate may be that a quote is made of (FX_RATES_MAX_AGE). */
  readonly ratesMaxAgeMs: number;
  /** How far a rate may be from the one before, in hundredths of a per cent (FX_JUMP_MAX_PERCENT). */
  readonly jumpMaxBps: bigint;
  /** The most that the house may be long or short in one currency, in millionths of a dollar (FX_EXPOSURE_MAX). */
  readonly exposureMaxMicros: bigint;
  /** On top of each pair's margin (FX_EXTRA_MARGIN_BPS). */
  readonly extraMarginBps: bigint;
};

/** How a currency stands: whether it is quoted, and why not. */
export type RateState = 'good' | 'stale' | 'held' | 'missing';

export type CurrencyStanding = {
  readonly currency: Currency;
  readonly state: RateState;
  readonly perUsd: string | undefined;
  readonly ratedAt: Date | undefined;
  /** What the liquidity account holds: above zero the house is long, below it is short. Minor units. */
  readonly position: bigint;
  /** The same in millionths of a dollar at the latest rate; undefined before the first one. */
  readonly exposureUsdMicros: bigint | undefined;
};

/** What operators watch of conversion. */
export interface FxMeters {
  quoted(from: Currency, to: Currency, outcome: 'given' | 'no_rate' | 'exposure'): void;
  converted(from: Currency, to: Currency, outcome: 'posted' | 'exposure'): void;
  polled(outcome: 'fresh' | 'same' | 'failed' | 'refused'): void;
  standing(standing: CurrencyStanding, ageMs: number | undefined): void;
}
