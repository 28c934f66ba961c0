import { Counter } from 'prom-client';
import type { PayoutMeters } from '#services/payments/ports.ts';

const askedTotal = new Counter({
  name: 'tchat_payouts_asked_total',
  help: 'Times that a gateway was asked to make a withdrawal or a refund; more than ended ones means repeats',
  labelNames: ['gateway', 'kind'],
});
const endedTotal = new Counter({
  name: 'tchat_payouts_ended_total',
  help: 'Withdrawals and refunds of deposits that ended, by how',
  labelNames: ['gateway', 'kind', 'status'],
});

/** How money leaves. */
export const payoutMeters: PayoutMeters = {
  asked: (gateway, kind) => askedTotal.inc({ gateway, kind }),
  ended: (gateway, kind, status) => endedTotal.inc({ gateway, kind, status }),
};
