import { collectDefaultMetrics, type Registry, register } from 'prom-client';

/** Memory, CPU, handles, garbage collection and event-loop lag of this process. Called once, by its main. */
export function collectProcessMetrics(registry: Registry = register): void {
  collectDefaultMetrics({ register: registry });
}
