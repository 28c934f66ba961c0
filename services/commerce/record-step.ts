import { AppError } from '#shared/errors.ts';
import { OrderUpdated } from '#shared/events/commerce.ts';
import { type AuditEntry, happened, type NewEvent } from '#shared/events/event.ts';
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
 * @param following steps that come with it and are written in the same transaction
 * @returns where `step` left the order, whatever followed
 * @throws {AppError} NOT_FOUND, or CONFLICT when the order is not where the step starts from
 */
export function makeRecordStep({ databases, outbox, clock }: CommercePorts) {
  const core: Database = databases.of('core');

  return async (orderId: string, step: OrderStep, ...following: readonly OrderStep[]): Promise<OrderMark> =>
    await core.transaction(async (tx) => {
      const order = await lockOrder(tx, orderId);
      if (order === undefined) throw new AppError('NOT_FOUND');
      const told: Told = { events: [], audit: [] };
      const first = await take(tx, order, step, told);
      let after = first;
      for (const next of following) after = await take(tx, after, next, told);
      if (told.audit.length > 0) await outbox.append(tx, told);
      return markAt(first);
    });

  async function take(tx: Tx, order: LockedOrder, step: OrderStep, told: Told): Promise<LockedOrder> {
    const move = await moveOf(tx, order, step);
    if (move === undefined || (await appendStory(tx, order.id, move.story)) === 0) return order;
    const hasMoved = move.to.status !== order.status || move.to.paymentStatus !== order.payment_status;
    const after = hasMoved
      ? { ...order, status: move.to.status, payment_status: move.to.paymentStatus, updated_at: clock() }
      : order;
    if (hasMoved || move.closes === true) {
      await moveOrder(tx, order.id, {
        ...move.to,
        ...(step.step === 'ship' ? { trackingNumber: step.trackingNumber, carrier: step.carrier } : {}),
        closes: move.closes === true,
        at: hasMoved ? after.updated_at : clock(),
      });
    }
    if (step.step === 'cancel') await releaseStock(tx, order.id);
    if (move.announce !== undefined) {
      told.events.push(updated(after, move.announce));
      told.audit.push(auditOf(order.id, step));
    }
    return after;
  }
}

type Told = { readonly events: NewEvent[]; readonly audit: AuditEntry[] };

/** Where the step leads, or undefined when the order has gone on from where it led. */
async function moveOf(tx: Tx, order: LockedOrder, step: OrderStep): Promise<Move | undefined> {
  try {
    const state = { status: order.status, paymentStatus: order.payment_status };
    return nextMove(state, step, workflowActor(workflowId(OrderWorkflow, order.id)));
  } catch (error) {
    if (!(error instanceof WrongMove)) throw error;
    if (await isTold(tx, order.id, markOf(step))) return undefined;
    throw new AppError('CONFLICT', { details: error.message, cause: error });
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
