import { Counter, Gauge } from 'prom-client';
import type { GatewayMeters } from '#services/payments/ports.ts';

const charges = new Counter({
  name: 'tchat_charges_total',
  help: 'Charges that gateways were asked for, by what that came to',
  labelNames: ['gateway', 'method', 'outcome'],
});
const ended = new Counter({
  name: 'tchat_deposits_ended_total',
  help: 'Deposits, by the gateway that had them and how they ended',
  labelNames: ['gateway', 'method', 'status'],
});
const skipped = new Gauge({
  name: 'tchat_gateway_skipped',
  help: '1 while a gateway is asked after the others for a method because it failed lately',
  labelNames: ['gateway', 'method'],
});

/** What deposits come to at gateways, in this process. */
export const gatewayMeters: GatewayMeters = {
  charged: (gateway, method, outcome) => charges.inc({ gateway, method, outcome }),
  ended: (gateway, method, status) => ended.inc({ gateway, method, status }),
  standing: (gateway, method, isSkipped) => skipped.set({ gateway, method }, isSkipped ? 1 : 0),
};
