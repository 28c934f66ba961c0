import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { ClusterStatus } from '#infrastructure/local/supervisor/cluster-status.ts';
import { engines } from '#tests/harness/engines.ts';
import { type StandInCluster, standInCluster } from './stand-in-cluster.ts';

const UP = 'Ctrl-C stops it.';
/** The first start makes a data folder for Postgres; on a busy machine that takes a while. */
const LONG_MS = 90_000;
const EVERY_PART = (cluster: StandInCluster) =>
  ['gateway', 'postgres', `realtime-${cluster.ports.REALTIME_PORTS}`, 'redis', 'sandbox', 'worker'].toSorted();

async function statusOf(cluster: StandInCluster): Promise<ClusterStatus> {
  const answer = await fetch(`http://127.0.0.1:${cluster.ports.STATUS_PORT}/status.json`);
  return ClusterStatus.parse(await answer.json());
}

test('every broken setting is told at once, before anything is started or written', async () => {
  await using cluster = await standInCluster();
  const supervisor = cluster.start({ GATEWAY_PORT: 'high', LOG_LEVEL: 'loud', KYC_REVIEW_SLA: 'soon' });
  expect(await supervisor.ended).toEqual({ code: 1, signal: null });
  for (const name of ['GATEWAY_PORT', 'LOG_LEVEL', 'KYC_REVIEW_SLA'])
    expect(supervisor.output()).toContain(`- ${name} is`);
  expect(supervisor.output().trim().split('\n')).toHaveLength(4);
  expect(await readdir(cluster.dataDir)).toEqual([]);
});

test('a Postgres elsewhere needs its owner named too', async () => {
  await using cluster = await standInCluster();
  const supervisor = cluster.start({ DATABASE_URL: 'postgres://tchat_app@db.invalid/tchat' });
  expect(await supervisor.ended).toEqual({ code: 1, signal: null });
  expect(supervisor.output()).toContain('DATABASE_OWNER_URL is not: migrations need the owner');
});

test('a taken port is one sentence that names the setting to change', async () => {
  await using cluster = await standInCluster();
  const squatter = createServer().listen(cluster.ports.REDIS_PORT, '127.0.0.1');
  await once(squatter, 'listening');
  const supervisor = cluster.start();
  expect(await supervisor.ended).toEqual({ code: 1, signal: null });
  expect(supervisor.output().trim()).toBe(
    `Port ${cluster.ports.REDIS_PORT} on 127.0.0.1 is taken by another program: ` +
      'stop that program, or set REDIS_PORT to a free port.',
  );
  squatter.close();
});

test(
  'a role that cannot start ends the start, with the end of its log, and leaves nothing running',
  { timeout: LONG_MS },
  async () => {
    await using cluster = await standInCluster();
    const supervisor = cluster.start({ STAND_IN_BROKEN: 'WORKER_PORT' });
    expect(await supervisor.ended).toEqual({ code: 1, signal: null });
    expect(supervisor.output()).toContain('worker ended (code 9) before it was ready.\nThe end of ');
    expect(cluster.alive()).toEqual([]);
  },
);

test(
  'the cluster comes up, is told where, keeps its data, and goes without a trace',
  { timeout: LONG_MS },
  async () => {
    await using cluster = await standInCluster();
    for (const start of [1, 2]) {
      const supervisor = cluster.start();
      await supervisor.says(UP);
      expect(cluster.alive()).toEqual(EVERY_PART(cluster));
      expect(supervisor.output()).toContain(`Status         http://127.0.0.1:${cluster.ports.STATUS_PORT}`);
      expect(await startsOnRecord(cluster)).toBe(start);
      supervisor.kill(start === 1 ? 'SIGINT' : 'SIGTERM');
      expect(await supervisor.ended).toEqual({ code: 0, signal: null });
      expect(cluster.alive()).toEqual([]);
    }
  },
);

async function startsOnRecord(cluster: StandInCluster): Promise<number> {
  const { databasePasswords } = JSON.parse(await readFile(join(cluster.dataDir, 'secrets.json'), 'utf8')) as {
    databasePasswords: { tchat_app: string };
  };
  const client = new Client(
    `postgres://tchat_app:${databasePasswords.tchat_app}@127.0.0.1:${cluster.ports.POSTGRES_PORT}/tchat`,
  );
  await client.connect();
  const { rowCount } = await client.query('SELECT starts.at FROM starts');
  await client.end();
  return rowCount ?? 0;
}

test('a second supervisor of the same folder is refused with one sentence', { timeout: LONG_MS }, async () => {
  await using cluster = await standInCluster();
  const first = cluster.start();
  await first.says(UP);
  const second = cluster.start();
  expect(await second.ended).toEqual({ code: 1, signal: null });
  expect(second.output()).toMatch(
    new RegExp(`^A cluster already runs on ${cluster.dataDir} \\(pid ${first.pid}, .*\\n$`),
  );
  expect(cluster.alive()).toEqual(EVERY_PART(cluster));
});

test('a supervisor that is still stopping is waited for by the next one', { timeout: LONG_MS }, async () => {
  await using cluster = await standInCluster();
  const first = cluster.start();
  await first.says(UP);
  first.kill('SIGTERM');
  await first.says('Stopping;');
  first.kill('SIGSTOP');
  const second = cluster.start();
  await second.says(`The cluster of pid ${first.pid} is still stopping: waiting for it to end.`);
  first.kill('SIGCONT');
  expect(await first.ended).toEqual({ code: 0, signal: null });
  await second.says(UP);
  expect(second.output().match(/still stopping/g)).toHaveLength(1);
  expect(cluster.alive()).toEqual(EVERY_PART(cluster));
});

test('a role and an engine that die are started again, and the status says so', { timeout: LONG_MS }, async () => {
  await using cluster = await standInCluster();
  const supervisor = cluster.start();
  await supervisor.says(UP);
  const before = await statusOf(cluster);
  expect(before.ready).toBe(true);
  await fetch(`http://127.0.0.1:${cluster.ports.GATEWAY_PORT}/break`).catch(() => {});
  process.kill(before.parts.find(({ name }) => name === 'redis')?.pid ?? 0, 'SIGKILL');
  await expect
    .poll(async () => (await statusOf(cluster)).parts, { timeout: LONG_MS })
    .toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'gateway', health: 'ready', restarts: 1, last_end: 'code 7' }),
        expect.objectContaining({ name: 'redis', health: 'ready', restarts: 1, last_end: 'signal SIGKILL' }),
      ]),
    );
});

test('what a killed supervisor left behind is stopped by the next start', { timeout: LONG_MS }, async () => {
  await using cluster = await standInCluster();
  const first = cluster.start();
  await first.says(UP);
  first.kill('SIGKILL');
  expect(await first.ended).toEqual({ code: null, signal: 'SIGKILL' });
  // Roles end by themselves, with the channel to their supervisor; the engines outlive it.
  await expect.poll(() => cluster.alive(), { timeout: LONG_MS }).toEqual(['postgres', 'redis']);
  const second = cluster.start();
  await second.says(UP);
  expect(second.output()).toContain('Stopped what an earlier supervisor left behind: postgres, redis');
  expect(cluster.alive()).toEqual(EVERY_PART(cluster));
  expect(await startsOnRecord(cluster)).toBe(2);
});

test('a start that is called off leaves nothing running', { timeout: LONG_MS }, async () => {
  await using cluster = await standInCluster();
  const supervisor = cluster.start();
  await supervisor.says('engines found');
  supervisor.kill('SIGINT');
  expect(await supervisor.ended).toEqual({ code: 0, signal: null });
  expect(supervisor.output()).not.toContain(UP);
  expect(cluster.alive()).toEqual([]);
});

test('a second signal ends everything at once', { timeout: LONG_MS }, async () => {
  await using cluster = await standInCluster();
  const supervisor = cluster.start();
  await supervisor.says(UP);
  const { parts } = await statusOf(cluster);
  // A gateway that is frozen does not heed SIGTERM, and would be waited for.
  process.kill(parts.find(({ name }) => name === 'gateway')?.pid ?? 0, 'SIGSTOP');
  supervisor.kill('SIGINT');
  await supervisor.says('Stopping gateway');
  supervisor.kill('SIGINT');
  expect(await supervisor.ended).toEqual({ code: 1, signal: null });
  expect(cluster.alive()).toEqual([]);
});

test('npm run status prints each part, and says plainly when there is no cluster', { timeout: LONG_MS }, async () => {
  await using cluster = await standInCluster();
  expect(await statusCommand(cluster)).toEqual({
    code: 1,
    output: `No cluster of ${cluster.dataDir} answers (no supervisor was ever started): npm start brings it up.\n`,
  });
  const supervisor = cluster.start();
  await supervisor.says(UP);
  const { code, output } = await statusCommand(cluster);
  expect(code).toBe(0);
  for (const part of [...EVERY_PART(cluster), 'temporal', 'supervisor']) {
    expect(output).toMatch(new RegExp(`^${part} +ready `, 'm'));
  }
});

async function statusCommand(cluster: StandInCluster): Promise<{ code: number; output: string }> {
  const script = join(import.meta.dirname, '../../../infrastructure/local/status.main.ts');
  const child = spawn(process.execPath, [script], { env: { PATH: process.env.PATH, TCHAT_DATA_DIR: cluster.dataDir } });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number];
  return { code, output };
}

test('the status is a page for people, JSON for programs, and nothing else', { timeout: LONG_MS }, async () => {
  await using cluster = await standInCluster();
  const supervisor = cluster.start();
  await supervisor.says(UP);
  const at = `http://127.0.0.1:${cluster.ports.STATUS_PORT}`;
  const page = await fetch(at, { headers: { accept: 'text/html,*/*' } });
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(await page.text()).toContain('<title>Tchat is ready</title>');
  const json = await fetch(at, { headers: { accept: 'application/json' } });
  expect(ClusterStatus.parse(await json.json()).parts.find(({ name }) => name === 'temporal')).toMatchObject({
    address: new URL(`tcp://${engines.temporal}`).host,
    health: 'ready',
  });
  expect((await fetch(`${at}/else`)).status).toBe(404);
  expect((await fetch(at, { method: 'POST' })).status).toBe(405);
});
