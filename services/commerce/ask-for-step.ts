import type { Caller } from '#shared/caller.ts';
import type { Order } from '#shared/contracts/commerce/order.ts';
import { AppError, invalid, unreachable } from '#shared/errors.ts';
import { type OrderId, regionOf } from '#shared/ids.ts';
import type { OrderInput, OrderUpdate, StepBy } from '#shared/workflows/order.ts';
import type { CommercePorts } from './ports.ts';
import { written } from './pricing.ts';
import { mayAsk, type Side, sideOf } from './rules.ts';
import { findOrder, type OrderRow } from './store/order-store.ts';
import { findShipping, saveWords } from './store/personal-store.ts';
import { isTold } from './store/story-store.ts';
import { asLeftBy, orderView, withShipping } from './views.ts';

/** What a person asks for, as the calls of the contract say it. */
export type Ask =
  | { readonly to: 'confirm' }
  | { readonly to: 'ship'; readonly trackingNumber?: string | undefined; readonly carrier?: string | undefined }
  | { readonly to: 'deliver'; readonly words?: string | undefined }
  | { readonly to: 'cancel'; readonly words?: string | undefined }
  | { readonly to: 'return'; readonly accepted?: true | undefined; readonly words?: string | undefined };

/** The row of the story that says that a step is done. */
const DONE = {
  confirm: { step: 'confirm', status: 'completed', attempt: 1 },
  ship: { step: 'ship', status: 'completed', attempt: 1 },
  deliver: { step: 'deliver', status: 'completed', attempt: 1 },
  cancel: { step: 'cancel', status: 'completed', attempt: 1 },
  openReturn: { step: 'return', status: 'started', attempt: 1 },
  acceptReturn: { step: 'return', status: 'completed', attempt: 1 },
} as const;

/** The step before, for those that the workflow may find too early although the store has come to them. */
const BEFORE = {
  ship: DONE.confirm,
  deliver: DONE.ship,
  openReturn: DONE.deliver,
  acceptReturn: DONE.openReturn,
  confirm: undefined,
  cancel: undefined,
} as const;

/**
 * Takes a step of an order for a person, and answers with the order after it. Who may take it is decided here; whether
 * the order's state allows it, by its workflow.
 *
 * Asking for a step that the same person has taken answers with the order as it is now.
 *
 * @throws {AppError} NOT_FOUND for those who are on neither side, FORBIDDEN when it is the other side's step, CONFLICT
 *   when the state forbids it, UPSTREAM_UNAVAILABLE when the workflow did not answer in time, RETRY_LATER when it has not
 *   caught up with the store yet
 */
export function makeAskForStep({ databases, workflows }: CommercePorts) {
  const core = databases.of('core');

  return async (caller: Caller, id: OrderId, ask: Ask): Promise<Order> => {
    const order = await findOrder(core, id);
    const side = sideOf(caller, order);
    const update = updateOf(side, ask, { actor: side, actorId: caller.userId });
    mayAsk(side, update.name);
    return await taken(order!, ask, update);
  };

  async function taken(order: OrderRow, ask: Ask, update: OrderUpdate): Promise<Order> {
    const { id } = order;
    const home = databases.of(regionOf(order.customer_id));
    if (await isDone(order, ask, update)) return withShipping(orderView(order), await findShipping(home, id));
    // A workflow that has ended may be forgotten by Temporal, which would then start it anew.
    if (order.closed_at !== null) throw new AppError('CONFLICT', { details: `The order is ${ending(order)}` });
    if ('words' in ask && ask.words !== undefined) {
      const actorId = update.payload.actorId as Caller['userId'];
      await saveWords(home, order, { step: DONE[update.name].step, actor_id: actorId, words: ask.words });
    }
    const mark = await workflows.update(inputOf(order), update);
    if ('tooEarly' in mark) throw await early(id, update.name, mark.tooEarly);
    const after = await findOrder(core, id);
    return withShipping(asLeftBy(orderView(after ?? order), mark), await findShipping(home, id));
  }

  /**
   * A workflow whose worker died after it wrote a step, and before Temporal heard of it, takes that step again and is
   * behind the store until then: what it refuses as too early is not refused for good.
   */
  async function early(id: OrderId, name: OrderUpdate['name'], why: string): Promise<AppError> {
    const before = BEFORE[name];
    if (before === undefined || !(await isTold(core, id, before))) return new AppError('CONFLICT', { details: why });
    return new AppError('RETRY_LATER', { message: 'The order is catching up after a failure', retryAfterS: 1 });
  }

  async function isDone(order: OrderRow, ask: Ask, { name, payload }: OrderUpdate): Promise<boolean> {
    if (order.status === 'pending') return false;
    if (ask.to === 'ship' && !sameParcel(order, ask)) return false;
    return await isTold(core, order.id, DONE[name], payload.actorId);
  }
}

function sameParcel(order: OrderRow, ask: Extract<Ask, { to: 'ship' }>): boolean {
  return order.tracking_number === (ask.trackingNumber ?? null) && order.carrier === (ask.carrier ?? null);
}

function ending(order: OrderRow): string {
  return order.status === 'delivered' ? 'settled: the time for returns is over' : order.status;
}

function updateOf(side: Side, ask: Ask, by: StepBy): OrderUpdate {
  switch (ask.to) {
    case 'confirm':
      return { name: 'confirm', payload: by };
    case 'ship': {
      const { trackingNumber, carrier } = ask;
      const parcel = {
        ...(trackingNumber === undefined ? {} : { trackingNumber }),
        ...(carrier === undefined ? {} : { carrier }),
      };
      return { name: 'ship', payload: { ...by, ...parcel } };
    }
    case 'deliver':
      return { name: 'deliver', payload: by };
    case 'cancel':
      return { name: 'cancel', payload: by };
    case 'return':
      if (ask.accepted === true) return { name: 'acceptReturn', payload: by };
      if (side === 'customer') return { name: 'openReturn', payload: by };
      throw invalid('accepted', 'must be true: the customer opens a return, the other side accepts it');
    default:
      return unreachable(ask);
  }
}

/** What the order's workflow starts with, should the event that starts it still be on its way. */
function inputOf(order: OrderRow): OrderInput {
  return {
    orderId: order.id,
    customerId: order.customer_id,
    ownerId: order.owner_id,
    walletId: order.wallet_id,
    amount: written(order.total, order.currency),
    currency: order.currency,
    confirmWithinMs: Number(order.confirm_within_ms),
    autoDeliverAfterMs: Number(order.auto_deliver_after_ms),
    disputeWindowMs: Number(order.dispute_window_ms),
  };
}
