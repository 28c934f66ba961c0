import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

const TRY_AGAIN_AFTER_MS = 200;
/** SQLITE_BUSY: another connection holds the lock (sqlite.org/rescode.html). */
const SQLITE_BUSY = 5;

/**
 * Takes a lock that the kernel gives back when this process dies, however it dies. Node has no file locks of its own;
 * an open exclusive transaction of SQLite is one, on every platform and without stale leftovers.
 *
 * @returns undefined when another process holds it.
 */
export function tryLock(path: string): Disposable | undefined {
  mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
    return { [Symbol.dispose]: () => database.close() };
  } catch (error) {
    database.close();
    if ((error as { errcode?: unknown }).errcode === SQLITE_BUSY) return undefined;
    throw error;
  }
}

/** Waits until the lock is free and takes it; gives up when the signal aborts. */
export async function lock(path: string, onWait: () => void, signal: AbortSignal): Promise<Disposable> {
  for (;;) {
    const held = tryLock(path);
    if (held !== undefined) return held;
    onWait();
    await sleep(TRY_AGAIN_AFTER_MS, undefined, { signal });
  }
}
