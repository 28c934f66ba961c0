import { Counter, Gauge } from 'prom-client';
import type { CurrencyStanding, FxMeters } from '#services/payments/conversion/ports.ts';
import { DECIMALS } from '#shared/money.ts';
import { SECOND } from '#shared/time.ts';

const MICROS = 1_000_000;
const STATES = ['good', 'stale', 'held', 'missing'] as const;

const quotesTotal = new Counter({
  name: 'tchat_fx_quotes_total',
  help: 'Quotes that were asked for, by pair and by what came of it: given, no_rate (old, held or missing), exposure',
  labelNames: ['from', 'to', 'outcome'],
});
const conversionsTotal = new Counter({
  name: 'tchat_fx_conversions_total',
  help: 'Quotes that were spent, by pair; exposure: refused, since the house would have stood too far out',
  labelNames: ['from', 'to', 'outcome'],
});
const pollsTotal = new Counter({
  name: 'tchat_fx_polls_total',
  help: 'Looks at the feed of rates: fresh, same, failed, or refused for a time that has not come',
  labelNames: ['outcome'],
});
const ageSeconds = new Gauge({
  name: 'tchat_fx_rate_age_seconds',
  help: 'How old the newest rate of a currency is',
  labelNames: ['currency'],
});
const unquoted = new Gauge({
  name: 'tchat_fx_unquoted',
  help: '1 while a currency is not quoted, by why: its rate is stale, held after a jump, or missing',
  labelNames: ['currency', 'why'],
});
const position = new Gauge({
  name: 'tchat_fx_position',
  help: 'What the house is long (above zero) or short in a currency, in units of it',
  labelNames: ['currency'],
});
const exposure = new Gauge({
  name: 'tchat_fx_exposure_usd',
  help: 'The same in US dollars at the newest rate',
  labelNames: ['currency'],
});

/** Measures of conversion. A float is good enough to watch by; no rate is made of one. */
export const fxMeters: FxMeters = {
  quoted: (from, to, outcome) => quotesTotal.inc({ from, to, outcome }),
  converted: (from, to, outcome) => conversionsTotal.inc({ from, to, outcome }),
  polled: (outcome) => pollsTotal.inc({ outcome }),
  standing: (standing, ageMs) => {
    const { currency, state, position: minor, exposureUsdMicros } = standing satisfies CurrencyStanding;
    if (ageMs !== undefined) ageSeconds.set({ currency }, ageMs / SECOND);
    for (const why of STATES) if (why !== 'good') unquoted.set({ currency, why }, state === why ? 1 : 0);
    position.set({ currency }, Number(minor) / 10 ** DECIMALS[currency].minor);
    if (exposureUsdMicros !== undefined) exposure.set({ currency }, Number(exposureUsdMicros) / MICROS);
  },
};
