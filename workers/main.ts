import { register } from 'prom-client';
import { collectProcessMetrics } from '#infrastructure/metrics/process-metrics.ts';
import { runRole } from '#infrastructure/process/lifecycle.ts';
import { openWorker } from './open.main.ts';

/** What WORKER_ROLES names: the outbox relay, bus consumers, and Temporal task queues by domain. */
runRole('worker', (config, log) => {
  collectProcessMetrics();
  return openWorker(config, log, register);
});
