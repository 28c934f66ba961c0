import { allHandlersFinished, condition, defineSignal, setHandler, workflowInfo } from '@temporalio/workflow';
import type { MoneyBack } from '#activities/commerce/activities.ts';
import { MONEY_RETURNED, type OrderInput, type OrderOutcome, type StepBy } from '#shared/workflows/order.ts';
import { withUndo } from '../undo.ts';
import { type Desk, openDesk } from './desk.ts';
import { pay, write } from './steps.ts';

const moneyReturned = defineSignal(MONEY_RETURNED);

/** Ends the story before shipping and has everything taken back; never leaves the workflow. */
class CalledOff extends Error {}

/** How an order that is called off ends: who did it, why, and what became of the money. */
type Ending = { by: StepBy; reason?: string; payment: MoneyBack; attempt: number };

/**
 * Fulfils an order: takes the payment, has the merchant confirm and ship it, sees it delivered, and pays the merchant
 * when the time for disputes is over. The stock was reserved at checkout. Until it is shipped, every step is taken back
 * when a later one fails or when either side calls the order off.
 */
export async function order(input: OrderInput): Promise<OrderOutcome> {
  const desk = openDesk();
  // Nothing is sent to someone who has got everything back; once it is shipped, the order goes on to its end.
  setHandler(moneyReturned, () => {
    if (isUnshipped(desk)) desk.asked.cancel ??= systemActor();
  });
  try {
    await sell(input, desk);
    await deliver(input, desk);
    return (await isReturned(input, desk)) ? await refund(input, desk) : await settle(input, desk);
  } catch (error) {
    desk.close('The order has been cancelled');
    if (!(error instanceof CalledOff)) throw error;
    return { status: 'cancelled' };
  } finally {
    desk.close('The order has ended');
    await condition(allHandlersFinished);
  }
}

/** From checkout to the parcel's leaving: the part of the story that can be undone. */
function sell(input: OrderInput, desk: Desk): Promise<void> {
  const { orderId } = input;
  const system = systemActor();
  const ending: Ending = { by: system, reason: 'A step of the order failed', payment: 'never taken', attempt: 1 };

  async function calledOff(by: StepBy, reason?: string): Promise<CalledOff> {
    ending.by = by;
    if (reason === undefined) delete ending.reason;
    else ending.reason = reason;
    await write.startCancelling({ orderId, by, ...(reason === undefined ? {} : { reason }) });
    return new CalledOff();
  }

  return withUndo(async (undo) => {
    undo(async () => {
      const mark = await write.cancelOrder({ orderId, ...ending });
      if (desk.asked.cancel !== undefined) desk.answer('cancel', mark);
    });
    undo(() => pay(orderId, 'release', (payments) => payments.releaseOrder({ orderId })));
    const { answer: hold, attempt } = await pay(orderId, 'payment', (payments) => payments.holdForOrder(bill(input)));
    ending.attempt = attempt;
    if (hold.type === 'declined') throw await calledOff(system, `The payment was declined: ${hold.reason}`);
    ending.payment = 'given back';
    await write.awaitConfirmation({ orderId, attempt });

    desk.phase = 'confirming';
    await until(() => desk.asked.confirm !== undefined || desk.asked.cancel !== undefined, input.confirmWithinMs);
    if (desk.asked.cancel !== undefined) throw await calledOff(desk.asked.cancel);
    if (desk.asked.confirm === undefined) throw await calledOff(system, 'The merchant did not confirm in time');

    desk.phase = 'capturing';
    undo(() => {
      const reason = `cancelled_by_${ending.by.actor}`;
      return pay(orderId, 'refund', (payments) => payments.refundOrder({ orderId, reason }));
    });
    const capture = await pay(orderId, 'capture', (payments) => payments.captureOrder({ orderId }));
    const confirmed = await write.confirmOrder({ orderId, by: desk.asked.confirm, attempt: capture.attempt });
    desk.phase = 'preparing';
    desk.answer('confirm', confirmed);

    await condition(() => desk.asked.ship !== undefined || desk.asked.cancel !== undefined);
    if (desk.asked.ship === undefined) throw await calledOff(desk.asked.cancel!);
    const shipped = await write.shipOrder({ orderId, ...parcel(desk.asked.ship) });
    desk.phase = 'shipped';
    desk.answer('ship', shipped);
  });
}

/** Someone says that the parcel arrived, or enough time passes. */
async function deliver({ orderId, autoDeliverAfterMs }: OrderInput, desk: Desk): Promise<void> {
  await until(() => desk.asked.deliver !== undefined, autoDeliverAfterMs);
  const by = desk.asked.deliver;
  const delivered = await write.deliverOrder(
    by === undefined
      ? { orderId, by: systemActor(), reason: 'Nobody said otherwise, so it counts as delivered' }
      : { orderId, by },
  );
  desk.phase = 'delivered';
  desk.answer('deliver', delivered);
}

/** Waits through the dispute window; a return that is opened in it stays open until the merchant or ops accept it. */
async function isReturned({ orderId, disputeWindowMs }: OrderInput, desk: Desk): Promise<boolean> {
  await until(() => desk.asked.openReturn !== undefined, disputeWindowMs);
  if (desk.asked.openReturn === undefined) return false;
  const opened = await write.openReturn({ orderId, by: desk.asked.openReturn });
  desk.phase = 'returning';
  desk.answer('openReturn', opened);
  await condition(() => desk.asked.acceptReturn !== undefined);
  return true;
}

async function refund({ orderId }: OrderInput, desk: Desk): Promise<OrderOutcome> {
  desk.phase = 'closing';
  const by = desk.asked.acceptReturn!;
  const { attempt } = await pay(orderId, 'refund', (payments) => payments.refundOrder({ orderId, reason: 'returned' }));
  desk.answer('acceptReturn', await write.closeRefundedOrder({ orderId, by, attempt }));
  return { status: 'refunded' };
}

async function settle({ orderId }: OrderInput, desk: Desk): Promise<OrderOutcome> {
  desk.phase = 'closing';
  const { answer, attempt } = await pay(orderId, 'settle', (payments) => payments.settleOrder({ orderId }));
  if (answer === 'refunded') {
    await write.closeGivenBackOrder({ orderId, attempt });
    return { status: 'refunded' };
  }
  await write.closeSettledOrder({ orderId, attempt });
  return { status: 'settled' };
}

function isUnshipped({ phase, asked }: Desk): boolean {
  return (phase === 'capturing' || phase === 'preparing') && asked.ship === undefined;
}

function bill({ orderId, customerId, walletId, ownerId, amount, currency }: OrderInput) {
  return { orderId, customerId, walletId, merchantId: ownerId, amount, currency };
}

function parcel({ trackingNumber, carrier, actor, actorId }: NonNullable<Desk['asked']['ship']>) {
  return {
    by: { actor, actorId },
    ...(trackingNumber === undefined ? {} : { trackingNumber }),
    ...(carrier === undefined ? {} : { carrier }),
  };
}

function systemActor(): StepBy {
  return { actor: 'system', actorId: workflowInfo().workflowId };
}

/** Waits for something, but no longer than `ms`; with no time at all it only looks. */
async function until(happens: () => boolean, ms: number): Promise<void> {
  if (ms > 0) await condition(happens, ms);
}
