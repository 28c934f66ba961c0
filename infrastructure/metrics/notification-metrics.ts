import { Counter, Gauge } from 'prom-client';
import type { Meters } from '#services/notifications/ports.ts';

const created = new Counter({
  name: 'tchat_notifications_created_total',
  help: 'Notifications made, one for each way of telling',
  labelNames: ['type', 'channel'],
});
const suppressed = new Counter({
  name: 'tchat_notifications_suppressed_total',
  help: 'Ways not taken, by the rule that kept them back',
  labelNames: ['rule'],
});
const ended = new Counter({
  name: 'tchat_notifications_ended_total',
  help: 'What became of notifications, by the provider that had them',
  labelNames: ['type', 'outcome', 'provider'],
});

/** Counts notifications. */
export const notificationMeters: Meters = {
  created: (type, channel) => created.inc({ type, channel }),
  suppressed: (rule) => suppressed.inc({ rule }),
  ended: (type, outcome, provider) => ended.inc({ type, outcome, provider }),
};

const oldest = new Gauge({
  name: 'tchat_notifications_oldest_due_seconds',
  help: 'For how long the oldest notification has been due and not been sent',
});

/** Shows how far the senders are behind. */
export function showOldestDue(seconds: number): void {
  oldest.set(seconds);
}
