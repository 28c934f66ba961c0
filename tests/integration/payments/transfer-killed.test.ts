import { fork } from 'node:child_process';
import { once } from 'node:events';
import { expect, test, vi } from 'vitest';
import { makeSendTransfer } from '#services/payments/send-transfer.ts';
import { verifyLedger } from '#services/payments/verify-ledger.ts';
import { statement } from '#shared/sql.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { type Asked, openTransfers, type Party } from './open-transfers.ts';
import type { PayOrders, PayReport } from './pay-until-killed.main.ts';

const PAYER = new URL('pay-until-killed.main.ts', import.meta.url);
const PARTIES = 12;
const LANES = 40;
/** A process is killed when so many of its transfers were answered: each time in the middle of other batches. */
const KILLED_AFTER = [1, 57, 211, 400, 640];

/** Starts a process that pays, kills it in the middle, and tells what it asked for and what it was answered. */
async function payAndDie(orders: PayOrders, answers: number) {
  const child = fork(PAYER.pathname, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const gone = once(child, 'exit');
  const asked = new Map<string, Asked>();
  const answered = new Map<string, string>();
  child.on('message', (report: PayReport) => {
    if ('asked' in report) asked.set(report.asked.key, report.asked);
    else answered.set(report.answered, report.id);
    if (answered.size === answers) child.kill('SIGKILL');
  });
  child.send(orders);
  expect(await gone).toEqual([null, 'SIGKILL']);
  return { asked, answered };
}

const WRITTEN = statement(
  'test.written-transfers',
  `SELECT out.reference AS key, out.id, ledger.id IS NOT NULL AS is_posted, received.id IS NOT NULL AS is_received,
     stored.body->>'id' AS answered,
     (SELECT count(*) FROM events.outbox AS event WHERE event.aggregate_id = out.id::text) AS events
   FROM payments.transactions AS out
   LEFT JOIN payments.transfers AS ledger ON ledger.id = out.transfer_id
   LEFT JOIN payments.transactions AS received ON received.transfer_id = out.transfer_id AND received.type = 'transfer_in'
   LEFT JOIN http.idempotency_keys AS stored ON stored.key = out.reference
   WHERE out.type = 'transfer_out'`,
);
const LEFT = statement(
  'test.left-connections',
  `SELECT activity.pid FROM pg_stat_activity AS activity
   WHERE activity.application_name = 'payer' AND activity.datname = current_database()`,
);
const COUNTS = statement(
  'test.count-transfers',
  `SELECT (SELECT count(*) FROM payments.transfers WHERE kind = 'transfer') AS posted,
     (SELECT count(*) FROM http.idempotency_keys) AS keys,
     (SELECT count(*) FROM payments.transactions WHERE type = 'transfer_in') AS received,
     (SELECT count(*) FROM events.outbox WHERE type = 'payments.transfer_posted') AS told`,
);

type Row = { key: string; id: string; is_posted: boolean; is_received: boolean; answered: string; events: bigint };

test('a process that is killed in the middle of batches leaves nothing half-done and nothing answered undone', async () => {
  await using db = await freshDatabase();
  const transfers = openTransfers(db.databases);
  const parties = await transfers.parties(PARTIES, 100_000n);
  const asked = new Map<string, Asked>();
  const answered = new Map<string, string>();
  for (const [round, answers] of KILLED_AFTER.entries()) {
    const orders = { databaseUrl: db.url, parties, name: `round ${round}`, lanes: LANES };
    const died = await payAndDie(orders, answers);
    for (const [key, one] of died.asked) asked.set(key, one);
    for (const [key, id] of died.answered) answered.set(key, id);
  }

  // The server ends what it had begun for a client that is gone, or takes it back, a moment later.
  await vi.waitFor(async () => expect(await db.database.rows(LEFT)).toEqual([]), { timeout: 10_000 });

  const rows = await db.database.rows<Row>(WRITTEN);
  const idOf = new Map(rows.map(({ key, id }) => [key, id]));
  expect(idOf.size).toBe(rows.length);
  for (const [key, id] of answered) expect(idOf.get(key)).toBe(id);
  // What was under way when its process died is there with all that belongs to it, or not at all.
  for (const row of rows) {
    expect(row).toMatchObject({ is_posted: true, is_received: true, answered: row.id, events: 3n });
    expect(asked.has(row.key)).toBe(true);
  }
  const whole = BigInt(rows.length);
  expect(await db.database.rows(COUNTS)).toEqual([{ posted: whole, keys: whole, received: whole, told: whole }]);
  expect((await verifyLedger(db.database)).findings).toEqual([]);

  // Whoever asks again under the same key is paid once, whether or not the first call came through.
  const send = makeSendTransfer(transfers.ports);
  const again = [...asked.values()].map((one) => repeat(send, parties, one));
  const repeated = await Promise.all(again);
  for (const [key, id] of repeated) expect(id).toBe(idOf.get(key) ?? id);
  const all = BigInt(asked.size);
  expect(await db.database.rows(COUNTS)).toEqual([{ posted: all, keys: all, received: all, told: all }]);
  expect((await verifyLedger(db.database)).findings).toEqual([]);
});

async function repeat(
  send: ReturnType<typeof makeSendTransfer>,
  parties: readonly Party[],
  { key, from, to }: Asked,
): Promise<readonly [string, string]> {
  const { caller, walletId } = parties[from]!;
  const money = { minor: 1n, currency: 'THB' } as const;
  const recipientId = parties[to]!.caller.userId;
  const answer = await send(
    caller,
    { walletId, recipientId, money, description: undefined, reference: key },
    { key: { key, digest: 'a digest' }, stepUpToken: undefined },
  );
  return [key, answer.id];
}
