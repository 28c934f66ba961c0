import type { OrderStatus, PaymentStatus } from '../contracts/commerce/order.ts';
import { TASK_QUEUES, defineWorkflow } from './command.ts';

/** What an order's workflow starts with: pseudonymous ids and the deadlines that held when it was placed. */
export type OrderInput = {
  readonly orderId: string;
  readonly customerId: string;
  /** The merchant who confirms, ships and is paid. */
  readonly ownerId: string;
  readonly walletId: string;
  /** The total as a decimal string of `currency`. */
  readonly amount: string;
  readonly currency: string;
  readonly confirmWithinMs: number;
  readonly autoDeliverAfterMs: number;
  readonly disputeWindowMs: number;
};

/** How an order's workflow ended. */
export type OrderOutcome = { readonly status: 'settled' | 'cancelled' | 'refunded' };

/** Fulfils one order; its id is `order-<order id>`. */
export const OrderWorkflow = defineWorkflow<OrderInput>({
  type: 'order',
  taskQueue: TASK_QUEUES.commerce,
  idPrefix: 'order',
});

export type OrderActor = 'customer' | 'merchant' | 'ops' | 'system';

/** Who takes a step: the side, and the user. */
export type StepBy = { readonly actor: OrderActor; readonly actorId: string };

/** Where a step left the order. `at` is ISO 8601. */
export type OrderMark = { readonly status: OrderStatus; readonly paymentStatus: PaymentStatus; readonly at: string };

/**
 * What people ask of an order, each an Update of its workflow that is answered once the step is done.
 * The validator refuses with an ApplicationFailure whose message people may read: of type CONFLICT, or
 * {@link STEP_TOO_EARLY} when the order may yet come to where the step can be taken.
 */
export type OrderUpdates = {
  readonly confirm: StepBy;
  readonly ship: StepBy & { readonly trackingNumber?: string; readonly carrier?: string };
  readonly deliver: StepBy;
  readonly cancel: StepBy;
  readonly openReturn: StepBy;
  readonly acceptReturn: StepBy;
};

/** Tells an order that all of its money went back to the customer. */
export const MONEY_RETURNED = 'money_returned';

export const STEP_TOO_EARLY = 'TOO_EARLY';

export type OrderUpdateName = keyof OrderUpdates;

/** An order's step as the caller wants it. */
export type OrderUpdate = {
  [Name in OrderUpdateName]: { readonly name: Name; readonly payload: OrderUpdates[Name] };
}[OrderUpdateName];
