import { SECOND } from '#shared/time.ts';
import { type ProcessRecord, recordedProcesses } from '../processes/record.ts';
import { stopProcess } from '../processes/stop-process.ts';

/** Long enough for Postgres to write its checkpoint; a role that drains longer than this is ended. */
const STOP_WITHIN_MS = 10 * SECOND;
const ENGINES = new Set(['temporal', 'redis', 'postgres']);

/**
 * Stops what a supervisor that was killed left running: roles first, then the engines that they talk to. Each is known
 * by its pid and the moment it started, so that nobody else's process is ever touched.
 *
 * @returns the names of what was stopped.
 */
export async function stopLeftovers(dataDir: string): Promise<string[]> {
  const left = recordedProcesses(dataDir);
  const isEngine = ({ name }: ProcessRecord) => ENGINES.has(name);
  const stop = (some: readonly ProcessRecord[]) =>
    Promise.all(some.map((who) => stopProcess(who, who.stopSignal, STOP_WITHIN_MS)));
  await stop(left.filter((who) => !isEngine(who)));
  await stop(left.filter(isEngine));
  return left.map(({ name }) => name);
}
