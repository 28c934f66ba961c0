import type { NotificationType } from '#shared/contracts/notifications/notification.ts';
import { OrderPlaced, OrderUpdated } from '#shared/events/commerce.ts';
import { dataOf, type StoredEvent } from '#shared/events/event.ts';
import type { OrderId, UserId } from '#shared/ids.ts';
import type { Wanted } from '../create/wanted.ts';
import { type Mapping, tellsOf } from './mapping.ts';

/** A merchant who has not confirmed is reminded when so much of the time is over. */
const REMINDED_AFTER = 3 / 4;

/** Steps of orders, to the side that did not take them. */
export const orderSteps: Mapping = {
  types: [OrderPlaced.type, OrderUpdated.type],
  wanted: (event) => {
    const placed = dataOf(OrderPlaced, event);
    if (placed !== undefined) {
      const startMs = event.occurredAt.getTime();
      const deadline = new Date(startMs + placed.confirm_within_ms).toISOString();
      const open = { $ref: 'order_open', id: placed.order_id, value: deadline };
      const reminder = about(event, placed.owner_id, 'confirm_reminder', placed.order_id, { deadline: open });
      return [
        {
          ...reminder,
          scheduledAt: new Date(startMs + placed.confirm_within_ms * REMINDED_AFTER),
          expiresAt: new Date(deadline),
          priority: 'high',
        },
      ];
    }
    return stepped(event);
  },
};

function stepped(event: StoredEvent): Wanted[] {
  const step = dataOf(OrderUpdated, event);
  if (step === undefined) return [];
  const { customer_id: customer, owner_id: merchant, order_id: id } = step;
  const shop = { $ref: 'shop', id: step.shop_id };
  const amount = { $ref: 'order_total', id };
  switch (step.step) {
    // Only now is it sure that there is something to pack: the money is held.
    case 'payment':
      return [about(event, merchant, 'placed', id, { amount, items: { $ref: 'order_items', id } })];
    case 'confirm':
      return [about(event, customer, 'confirmed', id, { shop })];
    case 'ship': {
      const way = { carrier: { $ref: 'order_carrier', id }, tracking: { $ref: 'order_tracking', id } };
      return [about(event, customer, 'shipped', id, { shop, ...way })];
    }
    case 'deliver':
      return [about(event, customer, 'delivered', id, { shop })];
    case 'settle':
      return [about(event, merchant, 'settled', id, { amount })];
    case 'return':
      return [about(event, merchant, 'return_requested', id)];
    case 'refund':
      // The receipt for the money makes the noise.
      return [about(event, customer, 'refunded', id, { amount }, ['in_app'])];
    case 'cancel':
      return [about(event, customer, 'cancelled', id, { shop }), about(event, merchant, 'cancelled', id, { shop })];
    default:
      return [];
  }
}

const tell = tellsOf('orders', { channel: 'order_updates' });

function about(
  event: StoredEvent,
  recipientId: UserId,
  what: string,
  orderId: OrderId,
  variables: Readonly<Record<string, unknown>> = {},
  types?: readonly NotificationType[],
): Wanted {
  const told = tell(event, recipientId, what, { order: orderId, ...variables }, { order_id: orderId });
  return types === undefined ? told : { ...told, types };
}
