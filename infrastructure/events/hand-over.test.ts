import { expect, test } from 'vitest';
import type { StoredEvent } from '#shared/events/event.ts';
import { statement, type Tx } from '#shared/sql.ts';
import { handOver } from './hand-over.ts';

const EVENT: StoredEvent = { id: '1', type: 'a.b', version: 1, aggregateId: 'a', occurredAt: new Date(0), data: {} };
const ASK = statement('', 'SELECT 1');
const WITHIN_MS = 20;

/** A transaction that counts what it is asked. */
function countingTx(): Tx & { asked: number } {
  const tx: Tx & { asked: number } = {
    inTransaction: true,
    asked: 0,
    rows: async () => {
      tx.asked += 1;
      return await Promise.resolve([]);
    },
  };
  return tx;
}

test('a handler that hangs fails in time, and can reach its transaction no more when it wakes', async () => {
  const tx = countingTx();
  const { promise: wakes, resolve: wake } = Promise.withResolvers<void>();
  const late = Promise.withResolvers<unknown>();
  const handed = handOver(
    async (_, lent) => {
      await lent.rows(ASK);
      await wakes;
      await lent.rows(ASK).catch(late.resolve);
    },
    [EVENT],
    tx,
    WITHIN_MS,
  );
  await expect(handed).rejects.toThrow('Not handled within');
  wake();
  expect(await late.promise).toMatchObject({ message: expect.stringContaining('has ended') });
  expect(tx.asked).toBe(1);
});

test('a handler that forgot to wait for a statement does not reach the next transaction with it', async () => {
  const tx = countingTx();
  let forgotten: Promise<unknown> = Promise.resolve();
  await handOver(
    (_, lent) => {
      forgotten = new Promise((resolve) => setImmediate(resolve)).then(() => lent.rows(ASK));
      return Promise.resolve();
    },
    [EVENT],
    tx,
  );
  await expect(forgotten).rejects.toThrow('has ended');
  expect(tx.asked).toBe(0);
});

test('what the handler throws is passed on as it is', async () => {
  const planted = new Error('planted');
  await expect(handOver(() => Promise.reject(planted), [EVENT], countingTx())).rejects.toBe(planted);
});
