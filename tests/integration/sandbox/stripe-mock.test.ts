import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStripe } from '#infrastructure/gateways/open-stripe.ts';
import { makeStripeRefunds } from '#infrastructure/gateways/stripe-refunds.ts';
import { makeStripe } from '#infrastructure/gateways/stripe.ts';
import { intentRequest, sessionRequest } from '#infrastructure/gateways/stripe-requests.ts';
import { ensureStripeMock } from '#infrastructure/local/engines/fetch-stripe-mock.ts';
import { quietStep } from '#infrastructure/local/progress.ts';
import { cacheFolder } from '#infrastructure/local/storage/folders.ts';
import type { TransactionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { until } from '#tests/chaos/patience.ts';

/**
 * Stripe's own double refuses whatever its published API does not take: a parameter that is not there, a value of a wrong
 * form. Its answers are examples, the same for everyone, so that only their reading is tested here and not what they say.
 */
const BUILD_WITHIN_MS = 600_000;

let url: string;
let mock: ReturnType<typeof spawn>;
beforeAll(async () => {
  const command = await ensureStripeMock(cacheFolder(process.env), quietStep());
  const port = await freePort();
  mock = spawn(command, ['-http-port', String(port)], { stdio: 'ignore' });
  url = `http://127.0.0.1:${port}`;
  await until('stripe-mock answers', () =>
    fetch(url).then(
      () => true,
      () => undefined,
    ),
  );
}, BUILD_WITHIN_MS);
afterAll(async () => {
  mock.kill();
  await once(mock, 'exit');
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const charge = (method: string, currency: 'SGD' | 'MYR' | 'THB' | 'USD') => ({
  reference: newId<TransactionId>('core'),
  money: { minor: 1_234n, currency },
  method,
  description: 'rent',
  returnUrl: 'https://tchat.example/',
});

test('a request that is none of the published API is refused, so that what passes here says something', async () => {
  const stripe = openStripe({ baseUrl: url, secretKey: 'sk_test_123' });
  const unknown = { ...intentRequest(charge('paynow', 'SGD')), surprise: '1' };
  await expect(stripe.paymentIntents.create(unknown)).rejects.toMatchObject({ statusCode: 400 });
});

test('every request for a charge is one that the published API takes', async () => {
  const stripe = openStripe({ baseUrl: url, secretKey: 'sk_test_123' });
  for (const [method, currency] of [
    ['paynow', 'SGD'],
    ['grabpay', 'SGD'],
  ] as const) {
    const made = await stripe.paymentIntents.create(intentRequest(charge(method, currency)));
    expect(made).toMatchObject({ object: 'payment_intent', amount: 1_234, currency: currency.toLowerCase() });
  }
  for (const [method, currency] of [
    ['card', 'SGD'],
    ['card', 'USD'],
    ['fpx', 'MYR'],
    ['promptpay', 'THB'],
  ] as const) {
    const wanted = charge(method, currency);
    // The list of methods took another name in the version that our client speaks, after the one that the double knows.
    const { allowed_payment_method_types: payment_method_types, ...request } = sessionRequest(wanted);
    const made = await stripe.rawRequest('POST', '/v1/checkout/sessions', { ...request, payment_method_types });
    expect(made).toMatchObject({ object: 'checkout.session', client_reference_id: wanted.reference });
  }
});

test('the adapter makes, reads, looks for and ends intents as the published API has them', async () => {
  const gateway = makeStripe({ baseUrl: url, secretKey: 'sk_test_123', webhookSecret: 'whsec_unused' });
  const made = await gateway.create(charge('paynow', 'SGD'));
  expect(made).toMatchObject({ id: expect.stringMatching(/^pi_/), money: { minor: 1_234n, currency: 'SGD' } });
  expect(await gateway.fetch('pi_123')).toMatchObject({ id: 'pi_123' });
  expect(await gateway.expire('pi_123')).toMatchObject({ id: 'pi_123' });
  expect(await gateway.find(newId<TransactionId>('core'), new Date())).toBeUndefined();
});

test('the adapter makes, reads and looks for refunds as the published API has them', async () => {
  const refunds = makeStripeRefunds({ baseUrl: url, secretKey: 'sk_test_123' });
  const reference = newId<TransactionId>('core');
  const money = { minor: 1_234n, currency: 'USD' } as const;
  const made = await refunds.create({ reference, money, chargeId: 'pi_123' });
  expect(made).toMatchObject({ id: expect.stringMatching(/^re_/), money: { minor: 1_234n } });
  expect(await refunds.fetch('re_123', 'pi_123')).toMatchObject({ id: 're_123' });
  expect(await refunds.find(newId<TransactionId>('core'), 'pi_123')).toBeUndefined();
});
