import { register } from 'prom-client';
import { collectProcessMetrics } from '#infrastructure/metrics/process-metrics.ts';
import { runRole } from '#infrastructure/process/lifecycle.ts';
import { openNode } from './wire.main.ts';

/** A Socket.IO node on REALTIME_PORT. */
runRole('realtime', (config, log) => {
  collectProcessMetrics();
  return openNode(config, log, register);
});
