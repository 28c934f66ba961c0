import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { tryLock } from '../storage/lock.ts';

/** Who runs the cluster of a data folder, for people and for `npm run status`. */
const Owner = z.strictObject({ pid: z.number().int(), statusUrl: z.url(), startedAt: z.iso.datetime() });
export type Owner = z.infer<typeof Owner>;

/**
 * Makes this process the one supervisor of a data folder. The kernel takes the folder back when it dies.
 *
 * @throws with a sentence when another supervisor has it.
 */
export function ownFolder(dataDir: string, statusUrl: string): Disposable {
  mkdirSync(dataDir, { recursive: true });
  const held = tryLock(join(dataDir, 'supervisor.lock'));
  if (held === undefined) {
    const owner = ownerOf(dataDir);
    throw new Error(
      `A cluster already runs on ${dataDir}${owner === undefined ? '' : ` (pid ${owner.pid}, status page ${owner.statusUrl})`}: ` +
        'stop it first, or give this one a TCHAT_DATA_DIR and ports of its own.',
    );
  }
  const path = ownerPath(dataDir);
  const owner: Owner = { pid: process.pid, statusUrl, startedAt: new Date().toISOString() };
  writeFileSync(`${path}.new`, JSON.stringify(owner));
  renameSync(`${path}.new`, path);
  return held;
}

/** The latest supervisor of the folder, which may be gone. */
export function ownerOf(dataDir: string): Owner | undefined {
  try {
    return Owner.parse(JSON.parse(readFileSync(ownerPath(dataDir), 'utf8')));
  } catch {
    return undefined;
  }
}

const ownerPath = (dataDir: string) => join(dataDir, 'supervisor.json');
