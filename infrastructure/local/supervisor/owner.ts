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
 * @throws with a sentence when the folder cannot be written, or another supervisor has it.
 */
export function ownFolder(dataDir: string): Disposable {
  const held = lockOf(dataDir);
  if (held !== undefined) return held;
  const owner = ownerOf(dataDir);
  const who = owner === undefined ? '' : ` (pid ${owner.pid}, status page ${owner.statusUrl})`;
  throw new Error(
    `A cluster already runs on ${dataDir}${who}: stop it first, or give this one a TCHAT_DATA_DIR and ports of its own.`,
  );
}

function lockOf(dataDir: string): Disposable | undefined {
  try {
    mkdirSync(dataDir, { recursive: true });
    return tryLock(join(dataDir, 'supervisor.lock'));
  } catch (cause) {
    const why = (cause as Error).message;
    throw new Error(`The data folder ${dataDir} cannot be used (${why}): choose another with TCHAT_DATA_DIR.`, {
      cause,
    });
  }
}

/** Lets others know where this supervisor can be asked. */
export function tellOwner(dataDir: string, statusUrl: string): void {
  const path = ownerPath(dataDir);
  const owner: Owner = { pid: process.pid, statusUrl, startedAt: new Date().toISOString() };
  writeFileSync(`${path}.new`, JSON.stringify(owner));
  renameSync(`${path}.new`, path);
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
