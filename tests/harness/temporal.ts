import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { ensureTimeSkippingServer } from '#infrastructure/local/engines/temporal-test-server.ts';
import { cacheFolder } from '#infrastructure/local/storage/folders.ts';
import { keepSkipping } from './keep-skipping.ts';

/** A server whose clock jumps over waiting time, so that days of timers take a moment. Its clock is global: one file at a time. */
export async function timeSkippingEnv(): Promise<TestWorkflowEnvironment> {
  const path = await ensureTimeSkippingServer(cacheFolder(process.env));
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  });
  keepSkipping(env);
  return env;
}

type WorkerParts = {
  /** The domain whose workflows run: the folder below `workflows/`. */
  readonly domain: string;
  /** Task queue by activities: the domain's own, and those of other domains that its stories call. */
  readonly activities: Readonly<Record<string, object>>;
};

/** Runs `story` while a worker serves the domain's workflows, and workers of activities serve the other queues. */
export async function withWorkers<T>(
  env: TestWorkflowEnvironment,
  { domain, activities }: WorkerParts,
  story: () => Promise<T>,
): Promise<T> {
  const workflowsPath = new URL(`../../workflows/${domain}/index.ts`, import.meta.url).pathname;
  const workers = await Promise.all(
    Object.entries({ [domain]: {}, ...activities }).map(([taskQueue, steps]) =>
      Worker.create({
        connection: env.nativeConnection,
        taskQueue,
        activities: steps,
        ...(taskQueue === domain ? { workflowsPath } : {}),
      }),
    ),
  );
  const [main, ...others] = workers;
  if (main === undefined) throw new Error('no worker was made');
  return await others.reduce<() => Promise<T>>(
    (inner, worker) => () => worker.runUntil(inner),
    () => main.runUntil(story),
  )();
}
