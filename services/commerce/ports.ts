import type { Caller } from '#shared/caller.ts';
import type { Outbox } from '#shared/events/event.ts';
import type { Idempotency } from '#shared/http/idempotency.ts';
import type { Databases } from '#shared/sql.ts';
import type { Clock } from '#shared/time.ts';
import type { OrderInput, OrderMark, OrderUpdate } from '#shared/workflows/order.ts';

/** The order has not come to where the step may be taken; why not, in words for people. */
export type TooEarly = { readonly tooEarly: string };

/** Where the orders' workflows run. */
export interface OrderWorkflows {
  /**
   * Takes a step and answers when it is done. The workflow is started if the event that starts it is still on its way,
   * so a step right after checkout never misses it. The same step by the same person, twice, is taken once.
   *
   * @throws {AppError} CONFLICT with text when the order's state forbids the step, UPSTREAM_UNAVAILABLE when no answer
   *   came within some seconds: the step may then still be taken.
   */
  update(order: OrderInput, update: OrderUpdate): Promise<OrderMark | TooEarly>;
}

interface StepUp {
  /** Whether the token is one that this session was given for its PIN within the last 300 s. */
  verify(token: string | undefined, caller: Caller): Promise<boolean>;
}

/** How long an order waits for people, in milliseconds; fixed for an order when it is placed. */
export type OrderDeadlines = {
  readonly confirmWithinMs: number;
  readonly autoDeliverAfterMs: number;
  readonly disputeWindowMs: number;
};

export type CommercePorts = {
  /** `core` holds shops, products and orders; a person's region holds their addresses and words. */
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly idempotency: Idempotency;
  readonly stepUp: StepUp;
  readonly workflows: OrderWorkflows;
  readonly deadlines: OrderDeadlines;
  readonly clock: Clock;
};
