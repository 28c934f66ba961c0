import { type Registry, register } from 'prom-client';

/** Everything that this process measures, in Prometheus' text format. */
export async function scrape(registry: Registry = register): Promise<{ contentType: string; text: string }> {
  return { contentType: registry.contentType, text: await registry.metrics() };
}
