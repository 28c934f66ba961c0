import { createHash } from 'node:crypto';
import {
  type Client,
  ServiceError,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { OrderWorkflows, TooEarly } from '#services/commerce/ports.ts';
import { AppError } from '#shared/errors.ts';
import { SECOND } from '#shared/time.ts';
import { workflowId } from '#shared/workflows/command.ts';
import {
  type OrderInput,
  type OrderMark,
  type OrderUpdate,
  OrderWorkflow,
  STEP_TOO_EARLY,
} from '#shared/workflows/order.ts';

type Options = {
  readonly client: Client;
  /** Before every task queue's name; see TASK_QUEUE_PREFIX. */
  readonly taskQueuePrefix: string;
  /** How long a step may take to answer, in milliseconds. */
  readonly answerWithinMs?: number;
};

/** A person who clicks waits no longer than this; a quiet system answers within a tenth of a second. */
const ANSWER_WITHIN_MS = 4 * SECOND;

/**
 * Takes orders' steps as Updates of their workflows, each started if it is not running yet.
 *
 * An Update's id is made of the step, the person and their words, so that a double click joins the first one and gets
 * its answer, and a click after a timeout finds what the first one came to.
 */
export function makeOrderWorkflows({
  client,
  taskQueuePrefix,
  answerWithinMs = ANSWER_WITHIN_MS,
}: Options): OrderWorkflows {
  return {
    update: async (order, update) => {
      try {
        return await client.withDeadline(Date.now() + answerWithinMs, () => execute(order, update));
      } catch (error) {
        const early = tooEarly(error);
        if (early !== undefined) return early;
        throw asRefusal(error);
      }
    },
  };

  async function execute(order: OrderInput, { name, payload }: OrderUpdate): Promise<OrderMark> {
    return await client.workflow.executeUpdateWithStart<(input: OrderInput) => Promise<unknown>, OrderMark, unknown[]>(
      name,
      {
        args: [payload],
        updateId: `${name}-${digest(payload)}`,
        startWorkflowOperation: new WithStartWorkflowOperation(OrderWorkflow.type, {
          workflowId: workflowId(OrderWorkflow, order.orderId),
          taskQueue: taskQueuePrefix + OrderWorkflow.taskQueue,
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          args: [order],
        }),
      },
    );
  }
}

function digest(payload: object): string {
  const entries = Object.entries(payload).toSorted(([one], [other]) => one.localeCompare(other));
  return createHash('sha256').update(JSON.stringify(entries)).digest('hex').slice(0, 32);
}

function tooEarly(error: unknown): TooEarly | undefined {
  if (!(error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure)) return undefined;
  return error.cause.type === STEP_TOO_EARLY ? { tooEarly: error.cause.message } : undefined;
}

/** Our words for what Temporal says: the workflow's own refusals are the caller's to read, the rest is an outage. */
function asRefusal(error: unknown): unknown {
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
    const isOurs = error.cause.type === 'CONFLICT';
    return new AppError(isOurs ? 'CONFLICT' : 'INTERNAL', {
      ...(isOurs ? { details: error.cause.message } : {}),
      cause: error,
    });
  }
  if (error instanceof WorkflowExecutionAlreadyStartedError || error instanceof WorkflowNotFoundError) {
    return new AppError('CONFLICT', { details: 'The order has ended', cause: error });
  }
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || error instanceof ServiceError) {
    const message = 'The order did not answer in time; the step may still be taken';
    return new AppError('UPSTREAM_UNAVAILABLE', { message, retryAfterS: 1, cause: error });
  }
  return error;
}
