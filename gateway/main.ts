import { register } from 'prom-client';
import { collectProcessMetrics } from '#infrastructure/metrics/process-metrics.ts';
import { runRole } from '#infrastructure/process/lifecycle.ts';
import { openGateway } from './open.main.ts';

/** The HTTP front on GATEWAY_PORT, with the services of SERVICES in its process. */
runRole('gateway', (config, log) => {
  collectProcessMetrics();
  return openGateway(config, log, register);
});
