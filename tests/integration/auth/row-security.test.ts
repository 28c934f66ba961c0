import { afterAll, beforeAll, expect, test } from 'vitest';
import { statement, type Tx } from '#shared/sql.ts';
import { callNamed } from '../contract/calls.ts';
import { PIN, type Person } from '../contract/open-contract.ts';
import { type Lives, openLives } from './open-lives.ts';

const TABLES = ['auth.privacy_requests', 'auth.export_parts'] as const;

let at: Lives;
let nok: Person;
let chai: Person;
beforeAll(async () => {
  at = await openLives();
  [nok, chai] = (await at.people(2, { pin: PIN })) as [Person, Person];
  for (const { token } of [nok, chai]) {
    expect(await at.ask(callNamed('requestExport'), { token })).toMatchObject({ status: 202 });
  }
  await at.database.transaction(async (tx) => {
    await become(tx, 'worker');
    await tx.rows(
      statement(
        'test.part',
        `INSERT INTO auth.export_parts (request_id, section, number, object_id, size)
         SELECT id, 'account', 0, gen_random_uuid(), 1 FROM auth.privacy_requests`,
      ),
    );
  });
});
afterAll(() => at[Symbol.asyncDispose]());

const become = (tx: Tx, who: string) =>
  tx.rows(statement('test.become', `SELECT set_config('tchat.identity', $1, true)`), [who]);

async function countOf(table: string, who?: string): Promise<number> {
  return await at.database.transaction(async (tx) => {
    if (who !== undefined) await become(tx, who);
    return (await tx.rows(statement('', `SELECT 1 AS found FROM ${table}`))).length;
  });
}

test.each(TABLES)('%s shows nothing to a statement that does not say for whom it works', async (table) => {
  expect(await at.database.rows(statement('', `SELECT 1 AS found FROM ${table}`))).toEqual([]);
  expect(await countOf(table)).toBe(0);
  expect(await countOf(table, '')).toBe(0);
});

test.each(TABLES)('%s shows each person their own, and workers and staff all', async (table) => {
  const counts = [nok.id, chai.id, at.config.REDIS_PREFIX, 'worker', 'staff'].map((who) => countOf(table, who));
  expect(await Promise.all(counts)).toEqual([1, 1, 0, 2, 2]);
});

test('nobody writes a request, or changes one, in the name of someone else', async () => {
  const forge = at.database.transaction(async (tx) => {
    await become(tx, nok.id);
    const forged = `INSERT INTO auth.privacy_requests (id, account_id, kind, origin, starts_at)
      VALUES (gen_random_uuid(), $1, 'erasure', 'request', now())`;
    await tx.rows(statement('', forged), [chai.id]);
  });
  await expect(forge).rejects.toThrow('row-level security');
  const changed = await at.database.transaction(async (tx) => {
    await become(tx, nok.id);
    const text = `UPDATE auth.privacy_requests SET status = 'processing' WHERE account_id = $1 RETURNING id`;
    return await tx.rows(statement('', text), [chai.id]);
  });
  expect(changed).toEqual([]);
});

test('an identity ends with its transaction, whichever connection comes next', async () => {
  for (let round = 0; round < 30; round += 1) {
    expect(await countOf(TABLES[0], 'worker')).toBe(2);
    expect(await countOf(TABLES[0])).toBe(0);
  }
});

test('the owner of the tables is held to it as well', async () => {
  const forced = statement(
    'test.forced',
    `SELECT relname AS name FROM pg_class
     WHERE oid IN ('auth.privacy_requests'::regclass, 'auth.export_parts'::regclass)
       AND relrowsecurity AND relforcerowsecurity ORDER BY relname`,
  );
  expect(await at.database.rows(forced)).toEqual([{ name: 'export_parts' }, { name: 'privacy_requests' }]);
});
