import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import { type WorkflowKind, workflowId } from '#shared/workflows/command.ts';

/** A workflow that begins again and again. */
export type Recurring = {
  readonly kind: WorkflowKind;
  /** How often, in milliseconds. */
  readonly everyMs: number;
};

type Options = { readonly client: Client; readonly taskQueuePrefix: string };

/**
 * Makes sure that a schedule stands as it is wanted: creates it, or brings the one that is there up to date. Workers may
 * do so at once and again at every start. A run that is late is not started twice: the next one is skipped.
 */
export async function ensureSchedule(
  { client, taskQueuePrefix }: Options,
  { kind, everyMs }: Recurring,
): Promise<void> {
  const scheduleId = `${taskQueuePrefix}${kind.idPrefix}`;
  const wanted = {
    spec: { intervals: [{ every: everyMs }] },
    action: {
      type: 'startWorkflow' as const,
      workflowType: kind.type,
      workflowId: taskQueuePrefix + workflowId(kind, 'scheduled'),
      taskQueue: taskQueuePrefix + kind.taskQueue,
      args: [{}],
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP },
  };
  try {
    await client.schedule.create({ scheduleId, ...wanted });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule.getHandle(scheduleId).update((standing) => ({ ...wanted, state: standing.state }));
  }
}
