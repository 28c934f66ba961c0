import { Counter } from 'prom-client';
import type { OtpMetrics } from '#services/auth/otp-guards.ts';

const MICROS = 1_000_000;

const sentTotal = new Counter({
  name: 'tchat_otp_sent_total',
  help: 'Codes that were made and are to be delivered',
  labelNames: ['country'],
});
const spentDollars = new Counter({
  name: 'tchat_otp_spent_dollars_total',
  help: 'What their first texts cost, by the price table',
  labelNames: ['country'],
});
const refusedTotal = new Counter({
  name: 'tchat_otp_refused_total',
  help: 'Codes that were not sent, by the budget that had no room',
  labelNames: ['country', 'budget'],
});
const judgedTotal = new Counter({
  name: 'tchat_otp_judged_total',
  help: 'Guesses, by what they came to',
  labelNames: ['country', 'outcome'],
});
const alarmsTotal = new Counter({
  name: 'tchat_otp_alarms_total',
  help: 'Prefixes slowed because few codes came back, and countries that ran out of codes or money',
  labelNames: ['country', 'alarm'],
});

/** How one-time codes fare in this process, by country. */
export const otpMetrics: OtpMetrics = {
  sent(country, cost) {
    sentTotal.inc({ country });
    spentDollars.inc({ country }, Number(cost) / MICROS);
  },
  refused: (country, budget) => refusedTotal.inc({ country, budget }),
  judged: (country, outcome) => judgedTotal.inc({ country, outcome }),
  alarmed: (country, alarm) => alarmsTotal.inc({ country, alarm }),
};
