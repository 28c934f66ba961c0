import { AppError } from '#shared/errors.ts';
import { OrderUpdated } from '#shared/events/commerce.ts';
import { type AuditEntry, happened } from '#shared/events/event.ts';
import type { Database, Tx } from '#shared/sql.ts';
import { workflowId } from '#shared/workflows/command.ts';
import { type OrderMark, OrderWorkflow } from '#shared/workflows/order.ts';
import { markOf, type Move, nextMove, type OrderStep, workflowActor, WrongMove } from './order-machine.ts';
import type { CommercePorts } from './ports.ts';
import { type LockedOrder, lockOrder, moveOrder } from './store/order-store.ts';
import { releaseStock } from './store/stock-store.ts';
import { appendStory, isTold } from './store/story-store.ts';

/**
 * Writes a step of an order: its status, its story, its stock, and what is told of it, in one transaction. A step that
 * was written before is left alone, so that a workflow may record it again after a crash.
 *
 * @throws {AppError} NOT_FOUND, or CONFLICT when the order is not where the step starts from
 */
export function makeRecordStep({ databases, outbox, clock }: CommercePorts) {
  const core: Database = databases.of('core');

  return async (orderId: string, step: OrderStep): Promise<OrderMark> =>
    await core.transaction(async (tx) => {
      const order = await lockOrder(tx, orderId);
      if (order === undefined) throw new AppError('NOT_FOUND');
      const move = await moveOf(tx, order, step);
      return move === undefined ? markAt(order) : await take(tx, order, step, move);
    });

  async function take(tx: Tx, order: LockedOrder, step: OrderStep, move: Move): Promise<OrderMark> {
    await appendStory(tx, order.id, move.story);
    const after = { ...order, status: move.to.status, payment_status: move.to.paymentStatus, updated_at: clock() };
    const hasMoved = after.status !== order.status || after.payment_status !== order.payment_status;
    if (hasMoved || move.closes === true) {
      await moveOrder(tx, order.id, {
        ...move.to,
        ...(step.step === 'ship' ? { trackingNumber: step.trackingNumber, carrier: step.carrier } : {}),
        closes: move.closes === true,
        at: after.updated_at,
      });
    }
    if (step.step === 'cancel') await releaseStock(tx, order.id);
    if (move.announce !== undefined) {
      await outbox.append(tx, { events: [updated(after, move.announce)], audit: [auditOf(order.id, step)] });
    }
    return markAt(hasMoved ? after : order);
  }
}

/** Where the step leads, or undefined when it is in the story already. */
async function moveOf(tx: Tx, order: LockedOrder, step: OrderStep): Promise<Move | undefined> {
  if (await isTold(tx, order.id, markOf(step))) return undefined;
  try {
    const state = { status: order.status, paymentStatus: order.payment_status };
    return nextMove(state, step, workflowActor(workflowId(OrderWorkflow, order.id)));
  } catch (error) {
    if (error instanceof WrongMove) throw new AppError('CONFLICT', { details: error.message, cause: error });
    throw error;
  }
}

function markAt(order: LockedOrder): OrderMark {
  return { status: order.status, paymentStatus: order.payment_status, at: order.updated_at.toISOString() };
}

function updated(order: LockedOrder, step: string) {
  return happened(OrderUpdated, order.id, {
    order_id: order.id,
    shop_id: order.shop_id,
    customer_id: order.customer_id,
    owner_id: order.owner_id,
    status: order.status,
    payment_status: order.payment_status,
    step,
  });
}

function auditOf(orderId: string, step: OrderStep): AuditEntry {
  return {
    actor: 'by' in step ? step.by.actorId : workflowId(OrderWorkflow, orderId),
    action: `commerce.order_${step.step.toLowerCase()}`,
    subject: orderId,
    region: 'core',
    outcome: 'ok',
    ...('reason' in step && step.reason !== undefined ? { facts: { reason: step.reason } } : {}),
  };
}
