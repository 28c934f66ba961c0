import { DefaultLogger, Runtime } from '@temporalio/worker';

let isQuiet = false;

/** Keeps workers from telling of each state they go through. Once per process, before the first connection. */
export function quietTemporal(): void {
  if (isQuiet) return;
  isQuiet = true;
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: 'ERROR', forward: {} } },
  });
}
