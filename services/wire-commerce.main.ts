import { openTemporal } from '#infrastructure/temporal/client.ts';
import { makeOrderWorkflows } from '#infrastructure/temporal/order-workflows.ts';
import { commerceRoutes } from '#services/commerce/routes.ts';
import { type CommerceService, makeCommerce } from '#services/commerce/service.ts';
import type { Ground } from './ground.main.ts';
import { stepUpOf } from './wire-step-up.main.ts';
import type { WiredService } from './wire.main.ts';

/** Commerce whose orders live in Temporal; everything but their steps goes on while it is away. */
export function openCommerce(ground: Ground): { commerce: CommerceService; close: () => Promise<void> } {
  const { config } = ground;
  const temporal = openTemporal(config);
  const commerce = makeCommerce({
    ...ground,
    stepUp: stepUpOf(ground),
    workflows: makeOrderWorkflows({ client: temporal.client, taskQueuePrefix: config.TASK_QUEUE_PREFIX }),
    deadlines: {
      confirmWithinMs: config.ORDER_CONFIRM_WITHIN,
      autoDeliverAfterMs: config.ORDER_AUTO_DELIVER_AFTER,
      disputeWindowMs: config.ORDER_DISPUTE_WINDOW,
    },
  });
  return { commerce, close: () => temporal.close() };
}

export function wireCommerce(ground: Ground): WiredService {
  const { commerce, close } = openCommerce(ground);
  return { routes: commerceRoutes(commerce), close };
}
