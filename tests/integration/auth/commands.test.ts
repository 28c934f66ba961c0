import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { firstRow, statement } from '#shared/sql.ts';
import { testEnvironment } from '#tests/harness/config.ts';
import { freshDatabase } from '#tests/harness/database.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const run = promisify(execFile);

/** Commands as an operator gives them, on a database of their own. */
async function openCommands() {
  const resources = new AsyncDisposableStack();
  const db = resources.use(await freshDatabase());
  const folder = await mkdtemp(join(tmpdir(), 'tchat-commands-'));
  resources.defer(() => rm(folder, { recursive: true, force: true }));
  const env = { PATH: process.env['PATH'], ...testEnvironment(db.url), TCHAT_DATA_DIR: folder };
  const command = async (script: string, ...args: readonly string[]) => {
    const options = { cwd: ROOT, encoding: 'utf8', env } as const;
    const outcome = run(process.execPath, [join(ROOT, script), ...args], options);
    return await outcome.then(
      ({ stdout }) => ({ code: 0, said: stdout }),
      ({ code, stderr }: { code: number; stderr: string }) => ({ code, said: stderr }),
    );
  };
  return {
    db,
    out: join(folder, 'users.json'),
    keys: (...args: readonly string[]) => command('infrastructure/keys/keys.main.ts', ...args),
    staff: (...args: readonly string[]) => command('services/staff.main.ts', ...args),
    seed: (...args: readonly string[]) => command('infrastructure/seed/main.ts', ...args),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

test('commands that are not understood say how they are given, and do nothing', async () => {
  await using commands = await openCommands();
  for (const refused of [
    await commands.keys(),
    await commands.keys('destroy'),
    await commands.staff('--phone', '+66812345678'),
    await commands.staff('--phone', '+66812345678', '--role', 'root'),
    await commands.staff('--phone', '+66812345678', '--reclaim', 'somebody'),
    await commands.staff('--phone', '+66812345678', '--role', 'ops', '--parked', '+66812345678'),
  ]) {
    expect(refused).toMatchObject({ code: 1, said: expect.stringContaining('Usage: npm run') as string });
  }
  expect(await commands.staff('--phone', '+66812345678', '--role', 'ops')).toMatchObject({ code: 1 });
});

test('an operator rotates the signing keys, and withdraws all others when one may be stolen', async () => {
  await using commands = await openCommands();
  const lines = ({ said }: { said: string }) => said.trim().split('\n');
  expect(lines(await commands.keys('rotate'))).toHaveLength(2);
  expect(await commands.keys('rotate')).toMatchObject({
    said: expect.stringContaining('waiting for its hour') as string,
  });
  expect(lines(await commands.keys('rotate', '--now'))).toHaveLength(2);
  expect(lines(await commands.keys('list'))).toHaveLength(1);
});

test('an operator makes someone ops: they are logged out, and get a code to enrol with', async () => {
  await using commands = await openCommands();
  await commands.seed('--users', '1', '--out', commands.out);
  const [seeded] = JSON.parse(await readFile(commands.out, 'utf8')) as [{ user_id: string; phone_number: string }];
  const granted = await commands.staff('--phone', seeded.phone_number, '--role', 'ops');
  expect(granted.said).toMatch(/is ops from now on[^]*Enrolment code, good for a day: [A-Z2-7]{40}\n$/);
  const row = await firstRow(
    commands.db.database,
    statement(
      '',
      `SELECT accounts.role, factor.enrolment_hash IS NOT NULL AS is_expected,
         (SELECT count(*)::int FROM auth.sessions WHERE account_id = accounts.id AND revoked_at IS NULL) AS live
       FROM auth.accounts JOIN auth.second_factors AS factor ON factor.account_id = accounts.id WHERE accounts.id = $1`,
    ),
    [seeded.user_id],
  );
  expect(row).toEqual({ role: 'ops', is_expected: true, live: 0 });
  const told = await commands.db.database.rows(
    statement('', `SELECT data FROM events.outbox WHERE data ->> 'action' = 'auth.role_changed'`),
  );
  expect(told).toMatchObject([{ data: { subject: seeded.user_id, facts: { role: 'ops' } } }]);
});

test('an operator finds the account that has lost a number, and gives it one again', async () => {
  await using commands = await openCommands();
  await commands.seed('--users', '1', '--out', commands.out);
  const [seeded] = JSON.parse(await readFile(commands.out, 'utf8')) as [{ user_id: string; phone_number: string }];
  const { database } = commands.db;
  const park = `WITH noted AS (
      INSERT INTO auth.parked_accounts (account_id, phone_number) SELECT id, phone_number FROM auth.accounts WHERE id = $1
    )
    UPDATE auth.accounts SET phone_number = NULL, is_parked = true WHERE id = $1`;
  await database.rows(statement('', park), [seeded.user_id]);
  const found = await commands.staff('--parked', seeded.phone_number);
  expect(found).toMatchObject({ code: 0, said: expect.stringContaining(`${seeded.user_id} until 20`) as string });
  const given = await commands.staff('--reclaim', seeded.user_id, '--phone', '+66898765432');
  expect(given).toMatchObject({ code: 0, said: expect.stringContaining('has that number from now on') as string });
  const account = statement('', 'SELECT phone_number, is_parked FROM auth.accounts WHERE id = $1');
  expect(await firstRow(database, account, [seeded.user_id])).toEqual({
    phone_number: '+66898765432',
    is_parked: false,
  });
  expect(await commands.staff('--parked', seeded.phone_number)).toEqual({ code: 0, said: '' });
});
