import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { SECOND } from '#shared/time.ts';
import { engines } from '#tests/harness/engines.ts';
import { openStage } from './stage.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const PLAYED_WITHIN_MS = 60 * SECOND;

function play(env: Readonly<Record<string, string>>): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, [join(ROOT, 'tests/demo/main.ts')], {
    cwd: ROOT,
    env: { ...env },
    timeout: PLAYED_WITHIN_MS,
  });
}

test('the demo says what to do when no cluster is there, and fails', async () => {
  await using stage = await openStage({ roles: [] });
  const failure: unknown = await play(stage.cluster.env).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 1, stderr: expect.stringContaining('Run npm start in another terminal') });
});

test('the demo plays every main flow against a cluster, and everything holds', async () => {
  await using stage = await openStage();
  const { stdout, stderr } = await play(stage.cluster.env);
  expect(stderr).toBe('');
  expect(stdout).toContain('Everything held');
  for (const workflow of ['order-', 'kyc-']) {
    expect(stdout).toContain(`${engines.temporalUi}/namespaces/default/workflows/${workflow}`);
  }
  expect(stdout).toMatch(/hears submitted, review, decided, verified/);
  expect(await stage.bookFaults()).toEqual([]);
});
