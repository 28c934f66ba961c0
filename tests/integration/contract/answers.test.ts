import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCluster } from '#tests/harness/cluster.ts';
import { testEnvironment } from '#tests/harness/config.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { seed } from '#tests/harness/seed.ts';
import { authAnswers } from './answers/auth.ts';
import { commerceAnswers } from './answers/commerce.ts';
import { messagingAnswers } from './answers/messaging.ts';
import { notificationsAnswers } from './answers/notifications.ts';
import { paymentsAnswers } from './answers/payments.ts';
import { textAnswers } from './answers/texts.ts';
import { verificationAnswers } from './answers/verification.ts';
import { walletAnswers } from './answers/wallets.ts';
import { inBatches, type World } from './answers/world.ts';
import { openAsking } from './ask.ts';

const START_WITHIN_MS = 60_000;

const resources = new AsyncDisposableStack();
let world: World;
beforeAll(async () => {
  const db = resources.use(await freshDatabase());
  const environment = testEnvironment(db.url, { RATE_LIMITS: 'relaxed' });
  const cluster = resources.use(await startCluster(environment, ['sandbox', 'gateway', 'worker']));
  world = {
    ...(await openAsking(cluster.gatewayUrl)),
    sandboxUrl: cluster.sandboxUrl,
    seed: inBatches((options) => seed(cluster.env, options)),
  };
}, START_WITHIN_MS);
afterAll(() => resources.disposeAsync());

describe('auth', () => authAnswers(() => world));
describe('messaging', () => messagingAnswers(() => world));
describe('payments', () => paymentsAnswers(() => world));
describe('wallets', () => walletAnswers(() => world));
describe('commerce', () => commerceAnswers(() => world));
describe('verification', () => verificationAnswers(() => world));
describe('texts for people', () => textAnswers(() => world));
describe('notifications', () => notificationsAnswers(() => world));

describe('at the root', () => {
  test('health and metrics are told, and every answer carries a request id', async () => {
    const told: readonly [string, number, string][] = [
      ['/health/live', 200, 'application/json'],
      ['/health/ready', 200, 'application/json'],
      ['/metrics', 200, 'text/plain'],
      ['/.well-known/jwks.json', 200, 'application/'],
      ['/api/v1/docs', 200, 'text/html'],
      ['/nothing', 404, 'application/problem+json'],
    ];
    for (const [path, status, type] of told) {
      const answer = await world.call('GET', path);
      expect([path, answer.status, answer.headers.get('content-type')]).toEqual([
        path,
        status,
        expect.stringContaining(type),
      ]);
      expect(answer.headers.get('x-request-id')).toMatch(/^[\w.-]{8,64}$/);
    }
  });

  test('a request id that a client gives is kept', async () => {
    const headers = { 'x-request-id': 'trace-2f6f1c1a' };
    const answer = await world.call('GET', '/api/v1/nothing', { headers });
    expect(answer.headers.get('x-request-id')).toBe('trace-2f6f1c1a');
    expect(answer.body).toMatchObject({ request_id: 'trace-2f6f1c1a' });
  });
});
