import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listAudit } from '#shared/contracts/auth/audit.ts';
import { stepUp } from '#shared/contracts/auth/step-up.ts';
import { until } from '#tests/chaos/patience.ts';
import { PIN, type Resident } from '#tests/chaos/town.ts';
import { seed } from '#tests/harness/seed.ts';
import { openStage, type Stage } from './stage.ts';

const COMMAND = new URL('../../infrastructure/audit/audit.main.ts', import.meta.url).pathname;

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ roles: ['gateway', 'worker'] });
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

/** The command as an auditor runs it. */
function audit(...args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [COMMAND, ...args], { env: { ...stage.cluster.env } }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), said: stdout + stderr });
    });
  });
}

async function asOwner(sql: string): Promise<void> {
  const client = new Client({ connectionString: stage.db.ownerUrl });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

test('what people do is in the trail within moments, its end is signed within a minute, and a cut shows', async () => {
  const [someone] = (await stage.town.residents(1, '0.00')) as [Resident];
  await someone.client.call(stepUp, { body: { pin: PIN } });
  const [account] = await seed(stage.cluster.env, { users: 1, role: 'auditor' });
  const auditor = stage.town.clientOf({ tokens: { ...account!, expires_in: 3_600 } });
  const query = { subject: someone.id, action: 'auth.stepped_up' };
  const [record] = await until('the trail tells of it', async () => {
    const { body } = await auditor.call(listAudit, { query });
    return body.records.length > 0 && body.records;
  });
  expect(record).toMatchObject({ actor: someone.id, region: 'TH', outcome: 'ok' });

  const whole = await until('its end is signed', async () => {
    const { code, said } = await audit('verify');
    expect([code, said]).toEqual([0, expect.stringContaining('whole')]);
    return /[1-9]\d* signed heads: whole/.test(said) && said;
  });
  expect(whole).toMatch(/^core: \d+ records/);

  const folder = await mkdtemp(join(tmpdir(), 'tchat-open-key-'));
  const key = join(folder, 'audit.pem');
  await writeFile(key, (await audit('key')).said);
  expect(await audit('verify', '--key', key)).toMatchObject({ code: 0 });
  await rm(folder, { recursive: true });

  await asOwner('DELETE FROM events.audit WHERE number = (SELECT max(number) FROM events.audit)');
  await asOwner('DELETE FROM events.audit WHERE number = (SELECT max(number) FROM events.audit)');
  const cut = await audit('verify');
  expect([cut.code, cut.said]).toEqual([1, expect.stringMatching(/BROKEN\n {2}the chain ends at record \d+/)]);
});

test('a command that there is not is told of', async () => {
  expect(await audit('forge')).toMatchObject({ code: 2, said: expect.stringContaining('npm run audit -- verify') });
});
