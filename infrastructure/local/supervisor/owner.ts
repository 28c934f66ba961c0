import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { SECOND } from '#shared/time.ts';
import { tryLock } from '../storage/lock.ts';

/** Roles drain for 25 s at most, and engines follow; what takes longer does not stop in good order. */
const STOPPED_WITHIN_MS = 30 * SECOND;
const LOOK_AGAIN_AFTER_MS = 200;

/** Who runs the cluster of a data folder, for people and for `npm run status`. */
const Owner = z.strictObject({
  pid: z.number().int(),
  statusUrl: z.url(),
  startedAt: z.iso.datetime(),
  /** It was told to stop, and its folder is free soon. */
  stopping: z.boolean().default(false),
});
export type Owner = z.infer<typeof Owner>;

type Waiting = {
  /** Told once, when another supervisor is still stopping. */
  readonly onWait: (owner: Owner) => void;
  readonly signal: AbortSignal;
};

/**
 * Makes this process the one supervisor of a data folder. The kernel takes the folder back when it dies. One that is
 * stopping already is waited for, as long as it takes to stop in good order.
 *
 * @throws with a sentence when the folder cannot be written, or another supervisor has it and keeps it; when called off
 */
export async function ownFolder(dataDir: string, { onWait, signal }: Waiting): Promise<Disposable> {
  const deadline = performance.now() + STOPPED_WITHIN_MS;
  for (let isTold = false; ;) {
    const held = lockOf(dataDir);
    if (held !== undefined) return held;
    const owner = ownerOf(dataDir);
    if (owner?.stopping !== true || performance.now() > deadline) throw refusal(dataDir, owner);
    if (!isTold) onWait(owner);
    isTold = true;
    await sleep(LOOK_AGAIN_AFTER_MS, undefined, { signal });
  }
}

function refusal(dataDir: string, owner: Owner | undefined): Error {
  const who = owner === undefined ? '' : ` (pid ${owner.pid}, status page ${owner.statusUrl})`;
  const already = owner?.stopping === true ? 'is still stopping' : 'already runs';
  return new Error(
    `A cluster ${already} on ${dataDir}${who}: stop it first, or give this one a TCHAT_DATA_DIR and ports of its own.`,
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
  write(dataDir, { pid: process.pid, statusUrl, startedAt: new Date().toISOString(), stopping: false });
}

/** Lets a next supervisor know that the folder, which this one has, is free soon. */
export function tellStopping(dataDir: string): void {
  const owner = ownerOf(dataDir);
  if (owner?.pid === process.pid) write(dataDir, { ...owner, stopping: true });
}

function write(dataDir: string, owner: Owner): void {
  const path = ownerPath(dataDir);
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
