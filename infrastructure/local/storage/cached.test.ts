import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { quietStep } from '../progress.ts';
import { cached } from './cached.ts';
import { tryLock } from './lock.ts';

let cache: string;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'tchat-cache-'));
});
afterEach(() => rm(cache, { recursive: true }));

test('a fetch that fails leaves nothing that would be taken for whole', async () => {
  const broken = cached(cache, 'engine', quietStep(), async (into) => {
    await writeFile(join(into, 'half'), '');
    throw new Error('connection lost');
  });
  await expect(broken).rejects.toThrow('connection lost');
  const folder = await cached(cache, 'engine', quietStep(), (into) => writeFile(join(into, 'whole'), ''));
  expect(await readdir(folder)).toEqual(['whole']);
});

test('who waits for the fetch of another can be called off', async () => {
  using _other = tryLock(join(cache, 'engine.lock'));
  const waiting = cached(cache, 'engine', { doing: () => {}, signal: AbortSignal.abort() }, async () => {});
  await expect(waiting).rejects.toThrow('aborted');
});

test('two who ask at once fetch once', async () => {
  let fetches = 0;
  const ask = () =>
    cached(cache, 'engine', quietStep(), async (into) => {
      fetches += 1;
      await new Promise((resolve) => setImmediate(resolve));
      await writeFile(join(into, 'binary'), 'text');
    });
  const [one, other] = await Promise.all([ask(), ask()]);
  expect(fetches).toBe(1);
  expect(one).toBe(other);
  expect(await readFile(join(one, 'binary'), 'utf8')).toBe('text');
});

test('a lock is one holder at a time, and free again when it is let go', () => {
  const path = join(cache, 'a.lock');
  const held = tryLock(path);
  expect(tryLock(path)).toBeUndefined();
  held?.[Symbol.dispose]();
  using again = tryLock(path);
  expect(again).toBeDefined();
});
