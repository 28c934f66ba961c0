import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import type { TransactionId } from '#shared/ids.ts';
import { makeOmisePayouts } from './omise-payouts.ts';

test('a process that was frozen after it made the recipient does not ask for the transfer any more', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.setHeader('content-type', 'application/json');
    const isRecipient = request.url === '/recipients';
    const transfer = { object: 'transfer', id: 'trsf_1', amount: 100, currency: 'thb', sent: false, paid: false };
    response.end(JSON.stringify(isRecipient ? { object: 'recipient', id: 'recp_1', active: true } : transfer));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const payout = {
    reference: '01a20eb8-92d7-7b0b-900f-07738f6d0de8' as TransactionId,
    money: { minor: 100n, currency: 'THB' },
    country: 'TH',
    method: 'bank',
    destination: { bankCode: 'kbank', accountNumber: '1234567890', accountName: 'Somchai' },
    description: undefined,
  } as const;
  function createdAt(...moments: number[]) {
    return makeOmisePayouts({ baseUrl, secretKey: 'skey' }, () => moments.shift()!).create(payout);
  }
  try {
    await expect(createdAt(0, 12_001)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(asked).toEqual(['/recipients']);
    expect(await createdAt(0, 12_000)).toMatchObject({ id: 'trsf_1', status: 'pending' });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
