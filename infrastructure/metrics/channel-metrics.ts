import { Counter, Gauge, Histogram } from 'prom-client';
import type { ChannelMeters } from '#services/notifications/channels/ports.ts';
import type { Country } from '#shared/regions.ts';
import { SECOND } from '#shared/time.ts';

const handedTotal = new Counter({
  name: 'tchat_notification_attempts_total',
  help: 'Notifications handed to providers, by what that came to',
  labelNames: ['type', 'provider', 'outcome'],
});
const reportSeconds = new Histogram({
  name: 'tchat_notification_report_seconds',
  help: 'From handing a notification over to the report of what became of it',
  labelNames: ['type', 'provider', 'status'],
  buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 1_800, 7_200, 43_200],
});
const suppressedTotal = new Counter({
  name: 'tchat_notification_addresses_suppressed_total',
  help: 'Addresses that are written to no more, by why',
  labelNames: ['type', 'reason'],
});
const retiredTotal = new Counter({
  name: 'tchat_notification_devices_retired_total',
  help: 'Devices that their platform no longer knew',
  labelNames: ['platform'],
});
const overBudgetTotal = new Counter({
  name: 'tchat_notification_texts_over_budget_total',
  help: 'Texts that were not sent because what they may cost in a day is spent',
  labelNames: ['country'],
});
const skipped = new Gauge({
  name: 'tchat_mail_provider_skipped',
  help: '1 while a mail server is asked after the other because it failed lately',
  labelNames: ['country', 'provider'],
});

/** What notifications come to at providers, in this process. */
export const channelMeters: ChannelMeters = {
  handed: (type, provider, outcome) => handedTotal.inc({ type, provider, outcome }),
  reported: (type, provider, status, afterMs) => reportSeconds.observe({ type, provider, status }, afterMs / SECOND),
  suppressed: (type, reason) => suppressedTotal.inc({ type, reason }),
  retired: (platform) => retiredTotal.inc({ platform }),
  overBudget: (country) => overBudgetTotal.inc({ country }),
};

/** Whether a mail server comes after the other. */
export function showMailStanding(country: Country, provider: string, isSkipped: boolean): void {
  skipped.set({ country, provider }, isSkipped ? 1 : 0);
}
