import type { Caller } from '#shared/caller.ts';
import type { Order, OrderQuery, StoryEvent, Timeline } from '#shared/contracts/commerce/order.ts';
import { encodeCursor } from '#shared/http/paging.ts';
import { type OrderId, regionOf, type UserId } from '#shared/ids.ts';
import { workflowId } from '#shared/workflows/command.ts';
import { OrderWorkflow } from '#shared/workflows/order.ts';
import { idAfter } from './cursors.ts';
import type { CommercePorts } from './ports.ts';
import { sideOf } from './rules.ts';
import { seenByOps } from './seen-by-ops.ts';
import { findOrder, listOrders } from './store/order-store.ts';
import { findShipping, wordsOf } from './store/personal-store.ts';
import { type StoryRow, storyOf } from './store/story-store.ts';
import { orderView, withShipping } from './views.ts';

/** One order with where it goes, to its two sides and ops, who are written down. @throws {AppError} NOT_FOUND */
export function makeGetOrder(ports: CommercePorts) {
  const { databases } = ports;
  return async (caller: Pick<Caller, 'userId' | 'role'>, id: OrderId): Promise<Order> => {
    const order = await findOrder(databases.of('core'), id);
    if (sideOf(caller, order) === 'ops') await seenByOps(ports, caller, 'commerce.order_read', id);
    return withShipping(orderView(order!), await findShipping(databases.of(regionOf(order!.customer_id)), id));
  };
}

/**
 * An order as one of its sides may see it, for live updates; undefined when there is none or it is not theirs.
 * It holds no address: that stays behind calls with a session.
 */
export function makeGetOrderFor({ databases }: CommercePorts) {
  return async (userId: UserId, id: OrderId): Promise<Order | undefined> => {
    const order = await findOrder(databases.of('core'), id);
    const isTheirs = order?.customer_id === userId || order?.owner_id === userId;
    return order !== undefined && isTheirs ? orderView(order) : undefined;
  };
}

type Page = { orders: Order[]; next_cursor: string | null };

/** Orders that the caller placed or received, newest first, without their addresses. */
export function makeListOrders({ databases }: CommercePorts) {
  return async (caller: Caller, query: OrderQuery): Promise<Page> => {
    const rows = await listOrders(databases.of('core'), {
      userId: caller.userId,
      side: query.side,
      shopId: query.shop_id,
      status: query.status,
      after: idAfter(query.cursor),
      limit: query.limit + 1,
    });
    const shown = rows.slice(0, query.limit);
    return {
      orders: shown.map(orderView),
      next_cursor: rows.length > query.limit ? encodeCursor([shown.at(-1)!.id]) : null,
    };
  };
}

/** What happened to an order, step by step, with what people said about it. @throws {AppError} NOT_FOUND */
export function makeGetTimeline(ports: CommercePorts) {
  const { databases } = ports;
  return async (caller: Caller, id: OrderId): Promise<Timeline> => {
    const order = await findOrder(databases.of('core'), id);
    if (sideOf(caller, order) === 'ops') await seenByOps(ports, caller, 'commerce.timeline_read', id);
    const [story, words] = await Promise.all([
      storyOf(databases.of('core'), id),
      wordsOf(databases.of(regionOf(order!.customer_id)), id),
    ]);
    const said = new Map(words.map((row) => [`${row.step} ${row.actor_id}`, row.words]));
    return {
      workflow_id: workflowId(OrderWorkflow, id),
      events: story.map((row) => storyEvent(row, said.get(`${row.step} ${row.actor_id}`))),
    };
  };
}

function storyEvent(row: StoryRow, words: string | undefined): StoryEvent {
  const reason = words ?? row.reason;
  return {
    at: row.at.toISOString(),
    step: row.step,
    status: row.status,
    attempt: row.attempt,
    actor: row.actor,
    ...(reason === null ? {} : { reason }),
  };
}
