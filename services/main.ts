import { register } from 'prom-client';
import { collectProcessMetrics } from '#infrastructure/metrics/process-metrics.ts';
import { runRole } from '#infrastructure/process/lifecycle.ts';
import { openServices } from './open.main.ts';

/** The services of SERVICES on SERVICES_PORT, without a gateway. */
runRole('services', (config, log) => {
  collectProcessMetrics();
  return openServices(config, log, register);
});
