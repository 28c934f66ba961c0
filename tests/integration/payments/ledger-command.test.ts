import { execFile } from 'node:child_process';
import { expect, test } from 'vitest';
import { openDatabase } from '#infrastructure/postgres/database.ts';
import { statement } from '#shared/sql.ts';
import { testEnvironment } from '#tests/harness/config.ts';
import { GOOD_TOKEN, newKey, openPayments } from './open-payments.ts';

const COMMAND = new URL('../../../services/ledger.main.ts', import.meta.url).pathname;

function ledger(url: string, ...args: string[]): Promise<{ code: number; text: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [COMMAND, ...args], { env: testEnvironment(url) }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, text: stdout + stderr }),
    );
  });
}

test('the command says that the books are right, and exits with 1 and the finding when they are not', async () => {
  await using scene = await openPayments();
  const { caller, walletId } = await scene.someoneWith('100.00');
  const before = new Date();
  const asked = {
    walletId,
    recipientId: scene.someone().userId,
    money: { minor: 1_250n, currency: 'THB' },
    description: undefined,
    reference: undefined,
  } as const;
  await scene.payments.sendTransfer(caller, asked, { key: newKey(), stepUpToken: GOOD_TOKEN });
  const { url, ownerUrl } = scene.db;

  expect(await ledger(url)).toMatchObject({ code: 2, text: expect.stringContaining('npm run ledger -- verify') });
  expect(await ledger(url, 'balance', 'mine')).toMatchObject({ code: 2 });
  expect(await ledger(url, 'verify')).toMatchObject({ code: 0, text: expect.stringContaining('The books are right') });
  const now = await ledger(url, 'balance', walletId);
  expect(now).toMatchObject({ code: 0, text: expect.stringMatching(/balance +87\.50 THB/) });
  const then = await ledger(url, 'balance', walletId, '--at', before.toISOString());
  expect(then).toMatchObject({ code: 0, text: expect.stringMatching(/balance +100\.00 THB/) });
  const entries = await ledger(url, 'statement', walletId);
  expect(entries.text.split('\n').slice(1, 3)).toEqual([
    expect.stringMatching(/^ *2 .*transfer +-12\.50 +87\.50/),
    expect.stringMatching(/^ *1 .*seed +100\.00 +100\.00/),
  ]);

  const owner = openDatabase({ url: ownerUrl, poolMax: 1, applicationName: 'test' });
  await owner.rows(statement('', 'UPDATE payments.accounts SET balance = balance + 1 WHERE id = $1'), [walletId]);
  await owner.close();
  const broken = await ledger(url, 'verify');
  expect(broken).toMatchObject({ code: 1, text: expect.stringContaining(walletId) });
  expect(broken.text).toMatch(/account-balance .* 8750 +8751/);
});
