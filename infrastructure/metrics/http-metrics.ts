import { Gauge, Histogram, type Registry, register } from 'prom-client';
import type { HttpMetrics } from '#gateway/ports.ts';

/** Seconds. A call takes about a millisecond; 30 s is where the gateway gives up. */
const BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30];

/** How long calls took, by name and status, and how many are under way. */
export function makeHttpMetrics(registry: Registry = register): HttpMetrics {
  const durations = new Histogram({
    name: 'tchat_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer',
    labelNames: ['call', 'status'],
    buckets: BUCKETS_S,
    registers: [registry],
  });
  const inFlight = new Gauge({
    name: 'tchat_http_requests_in_flight',
    help: 'Requests whose answer is not sent yet',
    registers: [registry],
  });
  return {
    began: () => inFlight.inc(),
    ended(call, status, seconds) {
      inFlight.dec();
      durations.observe({ call, status }, seconds);
    },
  };
}
