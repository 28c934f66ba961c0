import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { temporal } from '@temporalio/proto';
import { DeterminismViolationError } from '@temporalio/workflow';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, test } from 'vitest';
import { cacheFolder } from '#infrastructure/local/storage/folders.ts';
import { HISTORIES, readHistory } from '#tests/histories/keep-history.ts';
import { ensureBundle, workflowDomains } from '#workers/workflow-bundles.ts';

type Saved = { readonly domain: string; readonly name: string; readonly history: temporal.api.history.v1.IHistory };

async function savedOf(domain: string): Promise<Saved[]> {
  const files = (await readdir(join(HISTORIES, domain)).catch(() => [])).filter((file) => file.endsWith('.json'));
  const names = files.map((file) => file.replace(/\.json$/, ''));
  return await Promise.all(names.map(async (name) => ({ domain, name, history: await readHistory(domain, name) })));
}

const typeOf = ({ history }: Saved) => history.events?.[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name;

const domains = await workflowDomains();
const saved = await Promise.all(domains.map(async (domain) => ({ domain, histories: await savedOf(domain) })));

beforeAll(() => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
});

describe.each(saved)('$domain', ({ domain, histories }) => {
  test('every workflow has a saved history', async () => {
    const stories = (await import(`#workflows/${domain}/index.ts`)) as Record<string, unknown>;
    const types = Object.keys(stories).filter((name) => typeof stories[name] === 'function');
    expect(new Set(histories.map(typeOf))).toEqual(new Set(types));
  });

  test.each(histories)('$name goes on under this code as it went before', async ({ name, history }) => {
    const { path } = await ensureBundle(domain, join(cacheFolder(process.env), 'bundles'));
    await Worker.runReplayHistory({ workflowBundle: { codePath: path } }, history, `${domain}-${name}`);
  });
});

test('a history that tells of another step than the code takes is refused', async () => {
  const { path } = await ensureBundle('commerce', join(cacheFolder(process.env), 'bundles'));
  const history = await readHistory('commerce', 'settled');
  for (const { activityTaskScheduledEventAttributes: scheduled } of history.events ?? []) {
    if (scheduled?.activityType?.name === 'captureOrder') scheduled.activityType.name = 'refundOrder';
  }
  const replay = Worker.runReplayHistory({ workflowBundle: { codePath: path } }, history, 'commerce-changed');
  await expect(replay).rejects.toThrow(DeterminismViolationError);
});
