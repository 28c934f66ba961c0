import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recordProcess } from '../processes/record.ts';
import { noteStarter, sweepAbandonedEngines } from './abandoned.ts';

let parent: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'tchat-sweep-'));
  for (const name of ['live', 'abandoned', 'foreign']) await mkdir(join(parent, name));
});
afterEach(() => rm(parent, { recursive: true }));

test('folders of a starter that lives, and of nobody we know, are left alone', async () => {
  await noteStarter(join(parent, 'live'));
  await sweepAbandonedEngines(parent);
  expect((await readdir(parent)).toSorted()).toEqual(['abandoned', 'foreign', 'live']);
});

test('engines whose starter is gone are killed, and their folder is removed', async () => {
  const dataDir = join(parent, 'abandoned');
  const engine = spawn('sleep', ['60'], { detached: true });
  recordProcess(dataDir, { name: 'redis', pid: engine.pid!, port: 1, stopSignal: 'SIGTERM' });
  await writeFile(join(dataDir, 'throwaway-engines.json'), JSON.stringify({ pid: 2, identity: 'of an earlier boot' }));
  const exit = once(engine, 'exit');
  await sweepAbandonedEngines(parent);
  expect(await exit).toEqual([null, 'SIGKILL']);
  expect((await readdir(parent)).toSorted()).toEqual(['foreign', 'live']);
});
