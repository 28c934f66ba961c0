import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { makeGatewayHealth } from '#services/payments/deposit/gateway-health.ts';
import { makeCollectCharge } from '#services/payments/deposit/collect-charge.ts';
import { makeRequestDeposit } from '#services/payments/request-deposit.ts';
import { makeOmise } from '#infrastructure/gateways/omise.ts';
import { makeXendit } from '#infrastructure/gateways/xendit.ts';
import { makeIdempotency } from '#infrastructure/idempotency/idempotency.ts';
import { makeStripe } from '#infrastructure/gateways/stripe.ts';
import type { PaymentGateway } from '#services/payments/ports.ts';
import type { TransactionId } from '#shared/ids.ts';
import { statement } from '#shared/sql.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { OMISE, STRIPE, XENDIT } from '../sandbox/open-sandbox.ts';
import { newKey } from './open-payments.ts';
import { openDeposit } from './open-deposit.ts';

const ATTEMPTS = statement(
  'test.attempts',
  'SELECT gateway, outcome, reason, asks FROM payments.charge_attempts WHERE transaction_id = $1 ORDER BY attempt',
);
const HEALTH = statement(
  'test.health',
  'SELECT gateway, failures, skipped_until IS NOT NULL AS is_skipped FROM payments.gateway_health ORDER BY gateway',
);
const AGE = statement('test.age', "UPDATE payments.gateway_health SET skipped_until = now() - interval '1 second'");

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
  const { server, port } = await listening(createServer());
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listening(server: Server): Promise<{ server: Server; port: number }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

const PAYNOW = { country: 'SG', currency: 'SGD', gateway: 'omise' } as const;

/** A deposit by PayNow, which Omise collects for less and Stripe can collect too, with an Omise of the test's own. */
async function openPayNow(omise: (url: string) => PaymentGateway) {
  const scene = await openDeposit(PAYNOW);
  const databases = scene.db.databases;
  const gateways = [omise(scene.sandbox.url), makeStripe({ baseUrl: `${scene.sandbox.url}/stripe`, ...STRIPE })];
  const health = makeGatewayHealth({ core: scene.db.database, meters: undefined, log: quietLog });
  const ports = {
    databases,
    outbox: scene.db.outbox,
    clock: () => scene.now(),
    log: quietLog,
    gateways,
    refundGateways: [],
    publicUrl: 'http://tchat.test',
    health,
  };
  const collect = makeCollectCharge(ports);
  return {
    ...scene,
    collect,
    health,
    attempts: (id: TransactionId) => scene.db.database.rows<Record<string, unknown>>(ATTEMPTS, [id]),
    ask: async () => (await scene.request({ method: 'paynow', amount: '12.34' })).id,
  };
}

test('a gateway that cannot be reached, or does not know our account, gives way to the next, and the deposit names that', async () => {
  const port = await closedPort();
  for (const omise of [
    () => makeOmise({ baseUrl: `http://127.0.0.1:${port}`, ...OMISE }),
    (url: string) => makeOmise({ baseUrl: `${url}/omise`, ...OMISE, secretKey: 'skey_of_someone_else' }),
  ]) {
    await using scene = await openPayNow(omise);
    const id = await scene.ask();
    expect(await scene.collect.createCharge(id)).toBe('pending');
    expect(await scene.charges(id)).toMatchObject([{ gateway: 'stripe', status: 'pending', attempts: 1 }]);
    expect(await scene.attempts(id)).toMatchObject([
      { gateway: 'omise', outcome: 'not_made' },
      { gateway: 'stripe', outcome: 'made' },
    ]);
    const shown = await scene.payments.getTransaction(scene.caller, id);
    expect(shown).toMatchObject({ gateway: 'stripe', gateway_transaction_id: expect.stringMatching(/^pi_/) });
    expect(shown.qr_code).toContain('SG.PAYNOW');
    expect(await scene.collect.createCharge(id)).toBe('pending');
    expect(await scene.attempts(id)).toHaveLength(2);
  }
});

test('a gateway that may have made the charge is never given up for another', async () => {
  await using scene = await openPayNow((url) => makeOmise({ baseUrl: `${url}/omise`, ...OMISE }));
  for (const kind of ['reset_after_commit', 'error'] as const) {
    const id = await scene.ask();
    await scene.control('/sandbox/faults', { target: 'omise', kind, count: 1 });
    await expect(scene.collect.createCharge(id)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(await scene.attempts(id)).toMatchObject([{ gateway: 'omise', outcome: null }]);
    expect(await scene.collect.createCharge(id)).toBe('pending');
    expect(await scene.charges(id)).toMatchObject([{ gateway: 'omise', status: 'pending' }]);
    expect(await scene.attempts(id)).toMatchObject([{ gateway: 'omise', outcome: 'made', asks: 2 }]);
  }
});

test('a gateway that was asked and then cannot be reached keeps the deposit, for the first question may have arrived', async () => {
  let isAway = false;
  await using scene = await openPayNow((url) => {
    const here = makeOmise({ baseUrl: `${url}/omise`, ...OMISE });
    return {
      ...here,
      create: async (charge) =>
        isAway ? { status: 'not_made', failure: 'ECONNREFUSED', isPassing: true } : await here.create(charge),
      find: async () => undefined,
    };
  });
  const id = await scene.ask();
  await scene.control('/sandbox/faults', { target: 'omise', kind: 'error', count: 1 });
  await expect(scene.collect.createCharge(id)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  isAway = true;
  await expect(scene.collect.createCharge(id)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  expect(await scene.attempts(id)).toMatchObject([{ gateway: 'omise', outcome: null, asks: 2 }]);
  expect(await scene.charges(id)).toEqual([]);
});

test('twenty steps at once make one charge at one gateway, whether or not the first can be reached', async () => {
  const port = await closedPort();
  for (const [omise, made] of [
    [(url: string) => makeOmise({ baseUrl: `${url}/omise`, ...OMISE }), 1],
    // Those who come second cannot know that the first question never arrived, so that nobody may turn to another.
    [() => makeOmise({ baseUrl: `http://127.0.0.1:${port}`, ...OMISE }), 0],
  ] as const) {
    await using scene = await openPayNow(omise);
    const id = await scene.ask();
    await Promise.allSettled(Array.from({ length: 20 }, () => scene.collect.createCharge(id)));
    const charges = await scene.charges(id);
    expect(charges.length).toBeGreaterThanOrEqual(made);
    expect(charges.length).toBeLessThanOrEqual(1);
    expect((await scene.attempts(id)).filter(({ outcome }) => outcome !== 'not_made')).toHaveLength(1);
  }
});

test('when no gateway serves the method the deposit fails, and when one is only away it stays open', async () => {
  const refusing = (isPassing: boolean, name: string): PaymentGateway => ({
    ...makeOmise({ baseUrl: 'http://127.0.0.1:1', ...OMISE }),
    name,
    create: async () => ({ status: 'not_made', failure: 'no_account', isPassing }),
  });
  for (const [isPassing, status] of [
    [false, 'failed'],
    [true, 'pending'],
  ] as const) {
    await using scene = await openDeposit(PAYNOW);
    const { id } = await scene.request({ method: 'paynow', amount: '12.34' });
    const collect = makeCollectCharge({
      refundGateways: [],
      databases: scene.db.databases,
      outbox: scene.db.outbox,
      clock: () => scene.now(),
      log: quietLog,
      publicUrl: 'http://tchat.test',
      gateways: [refusing(isPassing, 'omise'), refusing(false, 'stripe')],
      health: makeGatewayHealth({ core: scene.db.database, meters: undefined, log: quietLog }),
    });
    await collect
      .createCharge(id)
      .catch((error: unknown) => expect(error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' }));
    expect(await scene.status(id)).toBe(status);
    expect(await collect.expireCharge(id)).toBe(isPassing ? 'expired' : 'failed');
  }
});

test('a gateway that fails time after time is chosen last, gets one try when its time is over, and is trusted again', async () => {
  const port = await closedPort();
  await using scene = await openPayNow(() => makeOmise({ baseUrl: `http://127.0.0.1:${port}`, ...OMISE }));
  for (let times = 0; times < 3; times++) await scene.collect.createCharge(await scene.ask());
  expect(await scene.db.database.rows(HEALTH)).toEqual([{ gateway: 'omise', failures: 3, is_skipped: true }]);

  // Another process, which knows it from the database only.
  const elsewhere = makeGatewayHealth({ core: scene.db.database, meters: undefined, log: quietLog });
  expect(await elsewhere.skippedFor('paynow')).toEqual(new Set(['omise']));
  expect(await elsewhere.skippedFor('duitnow_qr')).toEqual(new Set());

  await scene.db.database.rows(AGE);
  const another = () => makeGatewayHealth({ core: scene.db.database, meters: undefined, log: quietLog });
  const taken = await Promise.all([another(), another(), another()].map((health) => health.skippedFor('paynow')));
  expect(taken.filter((skipped) => !skipped.has('omise'))).toHaveLength(1);
  const lucky = another();
  await lucky.skippedFor('paynow');
  await lucky.note('omise', 'paynow', 'worked');
  expect(await scene.db.database.rows(HEALTH)).toEqual([{ gateway: 'omise', failures: 0, is_skipped: false }]);
});

test('a deposit goes to the cheapest gateway that works, and to the next while that fails', async () => {
  await using scene = await openDeposit();
  const core = scene.db.database;
  const skipped = new Set<string>();
  const request = makeRequestDeposit({
    databases: scene.db.databases,
    outbox: scene.db.outbox,
    idempotency: makeIdempotency(),
    clock: () => scene.now(),
    log: quietLog,
    ruleMeters: { overRule: () => undefined },
    people: { find: async ([id]) => [{ id: id!, status: 'active', country: 'TH', kycTier: 3 }] },
    gateways: [
      makeXendit({ baseUrl: `${scene.sandbox.url}/xendit`, ...XENDIT }),
      makeStripe({ baseUrl: `${scene.sandbox.url}/stripe`, ...STRIPE }),
      makeOmise({ baseUrl: `${scene.sandbox.url}/omise`, ...OMISE }),
    ],
    publicUrl: 'http://tchat.test',
    expiresAfterMs: 60_000,
    promptPayBillerId: '099400061772100',
    health: { skippedFor: async () => skipped, note: async () => undefined },
  });
  const ask = async (amount: string) =>
    await request(
      scene.caller,
      { walletId: scene.walletId, amount, paymentMethod: 'promptpay', description: undefined },
      newKey(),
    );
  expect(await ask('100.00')).toMatchObject({ gateway: 'omise', qr_code: expect.stringMatching(/^0002/) });
  skipped.add('omise');
  const second = await ask('100.00');
  expect(second).toMatchObject({ gateway: 'xendit', payment_url: expect.any(String) });
  expect(second.qr_code).toBeUndefined();
  skipped.add('xendit');
  expect(await ask('100.00')).toMatchObject({ gateway: 'stripe' });
  expect(await core.rows(HEALTH)).toEqual([]);
});
