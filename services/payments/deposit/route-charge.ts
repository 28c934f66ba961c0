import type { Money } from '#shared/money.ts';
import { costOf, type Method, type Route } from '../methods.ts';
import type { PaymentGateway } from '../ports.ts';
import type { GatewayHealth } from './gateway-health.ts';

type Ports = { readonly gateways: readonly PaymentGateway[]; readonly health: GatewayHealth };

/**
 * Who can collect a sum by a method, best first: gateways that work before those that fail lately, then the cheaper for
 * this sum, then as the method prefers. Empty when none of them is configured here.
 */
export function makeRankRoutes({ gateways, health }: Ports) {
  const configured = new Set(gateways.map(({ name }) => name));
  return async (method: Method, money: Money): Promise<readonly Route[]> => {
    const skipped = await health.skippedFor(method.type);
    const weight = ({ gateway }: Route) => (skipped.has(gateway) ? 1 : 0);
    const cost = (a: Route, b: Route) => Number(costOf(a, money) - costOf(b, money));
    return method.routes
      .filter(({ gateway }) => configured.has(gateway))
      .toSorted((a, b) => weight(a) - weight(b) || cost(a, b));
  };
}
