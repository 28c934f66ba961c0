import { status } from '@grpc/grpc-js';
import {
  type Client,
  isGrpcServiceError,
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { AppError, unreachable } from '#shared/errors.ts';
import type { Consumer } from '#shared/events/bus.ts';
import { EVENT_KINDS } from '#shared/events/catalogue.ts';
import type { StoredEvent } from '#shared/events/event.ts';
import { EventVersionUnknown } from '#shared/events/version-unknown.ts';
import { SECOND } from '#shared/time.ts';
import { type Trigger, type WorkflowCommand, workflowId } from '#shared/workflows/command.ts';

/** A transaction of the event bus waits for each call. */
const ANSWER_WITHIN_MS = 5 * SECOND;

type DriverOptions = {
  readonly client: Client;
  readonly triggers: readonly Trigger[];
  /** Before every task queue's name; see TASK_QUEUE_PREFIX. */
  readonly taskQueuePrefix: string;
};

/**
 * The consumer that starts and signals workflows for events.
 *
 * The workflow id is the business id, so a start that is repeated after a crash finds the first one. Events of one
 * aggregate go in order, those of different ones side by side. While Temporal is away the group waits at its place.
 * An event of a type that only a newer build knows may be the start of a workflow: it is refused, so that it is set aside.
 */
export function makeWorkflowDriver({ client, triggers, taskQueuePrefix }: DriverOptions): Consumer {
  const byType = new Map<string, Trigger[]>();
  for (const trigger of triggers) {
    for (const type of trigger.types) byType.set(type, [...(byType.get(type) ?? []), trigger]);
  }

  async function obey(command: WorkflowCommand): Promise<void> {
    const id = workflowId(command.kind, command.businessId);
    switch (command.do) {
      case 'start':
        await client.workflow
          .start(command.kind.type, {
            workflowId: id,
            taskQueue: taskQueuePrefix + command.kind.taskQueue,
            workflowIdConflictPolicy: 'USE_EXISTING',
            workflowIdReusePolicy: 'REJECT_DUPLICATE',
            args: [command.input],
          })
          .catch(ignoreFinished);
        return;
      case 'signal':
        await client.workflow.getHandle(id).signal(command.signal, command.payload).catch(ignoreFinished);
        return;
      default:
        unreachable(command);
    }
  }

  async function inOrder(events: readonly StoredEvent[]): Promise<void> {
    for (const event of events) {
      if (!EVENT_KINDS.has(event.type)) throw new EventVersionUnknown(event.type, event.version);
      for (const trigger of byType.get(event.type) ?? []) {
        const command = trigger.command(event);
        if (command !== undefined) await client.withDeadline(Date.now() + ANSWER_WITHIN_MS, () => obey(command));
      }
    }
  }

  return {
    group: 'workflow-driver',
    types: [...byType.keys()],
    knows: [...EVENT_KINDS.keys()],
    handle: async (events) => {
      const byAggregate = Map.groupBy(events, (event) => event.aggregateId);
      try {
        await Promise.all([...byAggregate.values()].map(inOrder));
      } catch (error) {
        throw isAway(error)
          ? new AppError('UPSTREAM_UNAVAILABLE', { message: 'Temporal cannot be reached', cause: error })
          : error;
      }
    },
  };
}

/** Statuses that heal by waiting (gRPC's status codes); any other refusal is the event's own fault. */
const AWAY: ReadonlySet<status> = new Set([
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.RESOURCE_EXHAUSTED,
  status.ABORTED,
  status.INTERNAL,
  status.CANCELLED,
  status.UNKNOWN,
]);

function isAway(error: unknown): boolean {
  if (!(error instanceof ServiceError)) return false;
  return !isGrpcServiceError(error.cause) || AWAY.has(error.cause.code);
}

/** A workflow that has ended needs no start and hears no signal: what the event asks for has been settled. */
function ignoreFinished(error: unknown): void {
  if (error instanceof WorkflowExecutionAlreadyStartedError || error instanceof WorkflowNotFoundError) return;
  throw error;
}
