import { constants } from 'node:fs';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Step } from '../progress.ts';
import { lock } from './lock.ts';

/**
 * The folder `name` of the cache, filled by `fetch` the first time. Several processes may ask at once: one fetches, the
 * others wait. What was interrupted halfway is never taken for whole, because a fetch fills a folder of another name.
 */
export async function cached(
  cache: string,
  name: string,
  step: Step,
  fetch: (into: string) => Promise<void>,
): Promise<string> {
  const folder = join(cache, name);
  if (await exists(folder)) return folder;
  await mkdir(cache, { recursive: true, mode: 0o755 });
  using _held = await lock(
    join(cache, `${name}.lock`),
    () => step.doing('waiting for another process to fetch it'),
    step.signal,
  );
  if (await exists(folder)) return folder;
  const unfinished = join(cache, `${name}.part`);
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o755 });
  await fetch(unfinished);
  await rename(unfinished, folder);
  return folder;
}

export async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}
