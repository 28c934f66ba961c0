import { expect, test } from 'vitest';
import { makeKeepMoney } from '#services/payments/own-money.ts';
import { statement } from '#shared/sql.ts';
import { COUNTRIES } from '#shared/regions.ts';
import { moneyKeptUntil } from '#shared/privacy.ts';
import { GOOD_TOKEN, newKey, openPayments } from './open-payments.ts';

/** What nobody may remove before the law's time is over, and our processes never. */
const KEPT = [
  'accounts',
  'transfers',
  'entries',
  'holds',
  'wallets',
  'transactions',
  'transaction_changes',
  'charges',
  'gateway_reports',
  'order_payments',
  'travel_records',
  'velocity_alerts',
];

const PRIVILEGES = statement(
  'test.privileges',
  `SELECT class.relname AS name FROM pg_class AS class
   WHERE class.relnamespace = 'payments'::regnamespace AND class.relkind IN ('r', 'p')
     AND (has_table_privilege('tchat_app', class.oid, 'DELETE') OR has_table_privilege('tchat_app', class.oid, 'TRUNCATE'))`,
);
const TABLES = statement(
  'test.tables',
  `SELECT class.relname AS name FROM pg_class AS class WHERE class.relnamespace = 'payments'::regnamespace`,
);

test('no process of ours can remove a row of money: whatever a purge is told, the database refuses', async () => {
  await using test = await openPayments();
  const names = async (query: typeof TABLES) =>
    (await test.db.database.rows<{ name: string }>(query)).map(({ name }) => name);
  expect(await names(TABLES)).toEqual(expect.arrayContaining(KEPT));
  const removable = await names(PRIVILEGES);
  expect(removable.filter((name) => KEPT.includes(name))).toEqual([]);
  for (const table of KEPT) {
    const purge = statement('', `DELETE FROM payments.${table}`);
    await expect(test.db.database.rows(purge), table).rejects.toMatchObject({ code: '42501' });
  }
});

test('money is kept for seven years at least, and ten where the law says so', () => {
  const at = new Date('2026-11-24T00:00:00Z');
  const until = Object.fromEntries(COUNTRIES.map((country) => [country, moneyKeptUntil(at, country).slice(0, 4)]));
  expect(until).toEqual({ TH: '2033', SG: '2033', ID: '2036', MY: '2033', PH: '2036', VN: '2036' });
});

test('an erasure leaves every movement where it is, and says until when', async () => {
  await using test = await openPayments();
  const { caller, walletId } = await test.someoneWith('100.00');
  await test.payments.sendTransfer(
    caller,
    {
      walletId,
      recipientId: test.someone().userId,
      money: { minor: 100n, currency: 'THB' },
      description: undefined,
      reference: undefined,
    },
    { key: newKey(), stepUpToken: GOOD_TOKEN },
  );
  const before = await Promise.all(KEPT.map((table) => test.count(table)));
  const forgotten = await makeKeepMoney({ databases: test.db.databases })(caller.userId, 'TH');
  expect(forgotten).toMatchObject({ done: true, held: [{ what: 'ledger' }] });
  expect(await Promise.all(KEPT.map((table) => test.count(table)))).toEqual(before);
  expect((await test.verify()).findings).toEqual([]);
});
