import { Counter, Gauge, Histogram } from 'prom-client';
import type { DeliveryMetrics } from '#services/auth/ports.ts';
import { SECOND } from '#shared/time.ts';

const handedTotal = new Counter({
  name: 'tchat_otp_texts_total',
  help: 'Texts handed to providers, by what that came to',
  labelNames: ['country', 'provider', 'outcome'],
});
const reportSeconds = new Histogram({
  name: 'tchat_otp_report_seconds',
  help: 'From handing a text over to the report of what became of it',
  labelNames: ['country', 'provider', 'status'],
  // A good operator reports within five seconds; a code lives 300.
  buckets: [0.1, 0.5, 1, 2, 5, 10, 20, 40, 90, 180, 300],
});
const skipped = new Gauge({
  name: 'tchat_otp_provider_skipped',
  help: '1 while a provider is asked after the others because it failed lately',
  labelNames: ['country', 'provider'],
});
const sentFirstTotal = new Counter({
  name: 'tchat_otp_sent_without_workflow_total',
  help: 'First texts that no workflow had begun to send in time',
  labelNames: ['country'],
});

/** What texts with codes come to in this process, by country and provider. */
export const deliveryMetrics: DeliveryMetrics = {
  handed: (country, provider, outcome) => handedTotal.inc({ country, provider, outcome }),
  reported: (country, provider, status, afterMs) =>
    reportSeconds.observe({ country, provider, status }, afterMs / SECOND),
  standing: (country, provider, isSkipped) => skipped.set({ country, provider }, isSkipped ? 1 : 0),
  sentFirst: (country, count) => sentFirstTotal.inc({ country }, count),
};
