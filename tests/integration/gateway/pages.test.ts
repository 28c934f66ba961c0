import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { healthPages } from '#gateway/pages/health.ts';
import { jwksPage } from '#gateway/pages/jwks.ts';
import { metricsPage } from '#gateway/pages/metrics.ts';
import { collectProcessMetrics } from '#infrastructure/metrics/process-metrics.ts';
import { scrape } from '#infrastructure/metrics/scrape.ts';
import { openFront } from './test-front.ts';

test('a process that misses something is not ready, says what, and is alive all the same', async () => {
  const pages = healthPages(async () => ({ ready: false, checks: { postgres: 'failed', redis: 'ok' } }));
  await using front = await openFront({ routes: [], pages });
  const ready = await front.call('GET', '/health/ready');
  expect([ready.status, ready.body]).toEqual([503, { ready: false, checks: { postgres: 'failed', redis: 'ok' } }]);
  const live = await front.call('GET', '/health/live');
  expect([live.status, live.body]).toEqual([200, { status: 'live' }]);
});

test('asking often does not ask the engines often', async () => {
  let asked = 0;
  const pages = healthPages(async () => {
    asked += 1;
    return { ready: true, checks: {} };
  });
  await using front = await openFront({ routes: [], pages });
  const answers = await Promise.all(Array.from({ length: 50 }, () => front.call('GET', '/health/ready')));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(asked).toBe(1);
});

test('liveness does not wait for readiness', async () => {
  await using front = await openFront({ routes: [], pages: healthPages(() => new Promise(() => undefined)) });
  expect((await front.call('GET', '/health/live')).status).toBe(200);
});

test('the public keys may be kept for five minutes and read from anywhere', async () => {
  const pages = [jwksPage(async () => ({ keys: [{ kid: 'one' }] }))];
  await using front = await openFront({ routes: [], pages });
  const { headers, body } = await front.call('GET', '/.well-known/jwks.json');
  expect(body).toEqual({ keys: [{ kid: 'one' }] });
  expect(headers.get('cache-control')).toBe('public, max-age=300');
  expect(headers.get('access-control-allow-origin')).toBe('*');
});

test('the process tells Prometheus of its memory and its event loop', async () => {
  const registry = new Registry();
  collectProcessMetrics(registry);
  await using front = await openFront({ routes: [], pages: [metricsPage(() => scrape(registry))] });
  const { headers, text } = await front.call('GET', '/metrics');
  expect(headers.get('content-type')).toContain('text/plain');
  expect(text).toContain('process_resident_memory_bytes');
  expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
});
