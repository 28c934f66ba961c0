import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isRunning, processIdentity } from './identity.ts';
import { forgetProcess, recordedProcesses, recordProcess } from './record.ts';
import { stopProcess } from './stop-process.ts';

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tchat-record-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

const mine = { name: 'me', pid: process.pid, port: 1, stopSignal: 'SIGTERM' } as const;

test('a record whose pid now belongs to another process is dropped', async () => {
  recordProcess(dataDir, mine);
  const path = join(dataDir, 'run', 'me.json');
  await writeFile(path, JSON.stringify({ ...mine, identity: 'an earlier one' }));
  expect(recordedProcesses(dataDir)).toEqual([]);
  expect(await readdir(join(dataDir, 'run'))).toEqual([]);
});

test('an unreadable record is dropped', async () => {
  recordProcess(dataDir, mine);
  await writeFile(join(dataDir, 'run', 'other.json'), '{"name":');
  expect(recordedProcesses(dataDir).map(({ name }) => name)).toEqual(['me']);
});

test('a process that ended is not running, even before its parent has taken notice', async () => {
  const child = spawn('sleep', ['60']);
  const identity = processIdentity(child.pid!)!;
  expect(isRunning({ pid: child.pid!, identity })).toBe(true);
  // Without a turn of the event loop in between, the child stays a zombie.
  child.kill('SIGKILL');
  for (let tries = 0; isRunning({ pid: child.pid!, identity }) && tries < 1e6; tries += 1);
  expect(isRunning({ pid: child.pid!, identity })).toBe(false);
  await once(child, 'exit');
});

test('one that does not heed the polite signal is killed', async () => {
  const child = spawn('sh', ['-c', 'trap "" TERM; echo ready; while :; do sleep 0.05; done'], { detached: true });
  await once(child.stdout, 'data');
  const exit = once(child, 'exit');
  await stopProcess({ pid: child.pid!, identity: processIdentity(child.pid!)! }, 'SIGTERM', 100);
  expect(await exit).toEqual([null, 'SIGKILL']);
});

test('a process is on record until it is forgotten', () => {
  recordProcess(dataDir, mine);
  expect(recordedProcesses(dataDir)).toEqual([{ ...mine, identity: processIdentity(process.pid) }]);
  forgetProcess(dataDir, 'me');
  expect(recordedProcesses(dataDir)).toEqual([]);
});
