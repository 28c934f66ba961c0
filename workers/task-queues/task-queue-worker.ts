import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { DataConverter } from '@temporalio/common';
import type { Log } from '#shared/log.ts';
import { SECOND } from '#shared/time.ts';

export type TaskQueueOptions = {
  /** The domain, for the log. */
  readonly domain: string;
  readonly taskQueue: string;
  readonly address: string;
  readonly namespace: string;
  readonly dataConverter: DataConverter;
  /** The domain's workflow bundle; undefined for a queue of activities only. */
  readonly bundlePath: string | undefined;
  readonly activities: object;
  /** Workflows kept in memory between tasks; {@link CACHED_WORKFLOWS_MAX} when not said. */
  readonly cachedWorkflowsMax?: number;
  /** Workflow tasks under way at a time, each with its local activities; {@link WORKFLOW_TASKS_MAX} when not said. */
  readonly workflowTasksMax?: number;
  readonly log: Log;
};

/** Workflows kept in memory between tasks; one costs some tens of KB, and an evicted one is replayed when it wakes. */
const CACHED_WORKFLOWS_MAX = 500;
/** Activities are short waits on Postgres and providers, so many run side by side. */
const ACTIVITIES_MAX = 100;
const WORKFLOW_TASKS_MAX = 40;
/** An activity under way at shutdown may finish within this; afterwards it is retried elsewhere. */
const SHUTDOWN_GRACE_MS = 15 * SECOND;
/**
 * What is still under way then is left as a crash would leave it, and taken again elsewhere: a step that is being tried
 * again until its store is back would hold the process up for as long as that takes.
 */
const SHUTDOWN_FORCED_AFTER_MS = 18 * SECOND;
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 10 * SECOND;

export type TaskQueueWorker = {
  /** True while it polls. */
  isRunning(): boolean;
  /** Finishes what is under way, and settles within some 18 s. */
  stop(): Promise<void>;
};

/**
 * Serves one task queue until stopped: connects, polls, and does so again after a pause when Temporal went away, so
 * that the other work of the process goes on without it.
 */
export function startTaskQueueWorker(options: TaskQueueOptions): TaskQueueWorker {
  const { domain, log } = options;
  const stopped = new AbortController();
  let worker: Worker | undefined;

  async function serve(): Promise<void> {
    const connection = await NativeConnection.connect({ address: options.address });
    try {
      worker = await makeWorker(connection, options);
      if (stopped.signal.aborted) return;
      log.info({ domain, taskQueue: options.taskQueue }, 'serving a task queue');
      await worker.run();
    } finally {
      worker = undefined;
      await connection.close();
    }
  }

  async function serveUntilStopped(): Promise<void> {
    for (let failures = 0; !stopped.signal.aborted;) {
      try {
        await serve();
        failures = 0;
      } catch (error) {
        if (stopped.signal.aborted) {
          log.warn({ domain, err: error }, 'a task queue was left with work under way');
          return;
        }
        const retryMs = Math.min(RETRY_FIRST_MS * 2 ** failures++, RETRY_MAX_MS);
        log.warn({ domain, err: error, retryMs }, 'a task queue cannot be served and will be tried again');
        await sleep(retryMs, undefined, { signal: stopped.signal }).catch(() => undefined);
      }
    }
  }

  const serving = serveUntilStopped();
  return {
    isRunning: () => worker?.getState() === 'RUNNING',
    stop: async () => {
      stopped.abort();
      if (worker?.getState() === 'RUNNING') worker.shutdown();
      await serving;
    },
  };
}

function makeWorker(connection: NativeConnection, options: TaskQueueOptions): Promise<Worker> {
  const { bundlePath, workflowTasksMax = WORKFLOW_TASKS_MAX } = options;
  return Worker.create({
    connection,
    namespace: options.namespace,
    taskQueue: options.taskQueue,
    dataConverter: options.dataConverter,
    activities: options.activities,
    ...(bundlePath === undefined ? {} : { workflowBundle: { codePath: bundlePath } }),
    workflowThreadPoolSize: 1,
    maxCachedWorkflows: options.cachedWorkflowsMax ?? CACHED_WORKFLOWS_MAX,
    maxConcurrentActivityTaskExecutions: ACTIVITIES_MAX,
    maxConcurrentWorkflowTaskExecutions: workflowTasksMax,
    maxConcurrentLocalActivityExecutions: Math.max(workflowTasksMax, ACTIVITIES_MAX),
    shutdownGraceTime: SHUTDOWN_GRACE_MS,
    shutdownForceTime: SHUTDOWN_FORCED_AFTER_MS,
  });
}
