import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { MediaStore, ObjectKey } from '#services/media/ports.ts';
import { AppError } from '#shared/errors.ts';

/** Two of an id's random digits name the folder: 256 of them, so none grows too large to list. */
const SHARD_DIGITS = [34, 36] as const;
/** Behind the name of an object that is being written. */
const UNFINISHED = '.part';

/**
 * A media store in a folder of this machine. An object is written aside, synced and renamed, so a crash or a full disk
 * leaves the older one or none; readers that have it open read on.
 *
 * @param folder made when it is missing
 */
export function makeDiskStore(folder: string): MediaStore {
  const folderOf = (key: ObjectKey): string => join(folder, key.slice(...SHARD_DIGITS));
  const pathOf = (key: ObjectKey): string => join(folderOf(key), key);

  return {
    put: (key, bytes) =>
      orAway(async () => {
        const path = pathOf(key);
        await mkdir(folderOf(key), { recursive: true, mode: 0o700 });
        await writeSynced(path + UNFINISHED, bytes);
        await rename(path + UNFINISHED, path);
        await syncFolder(folderOf(key));
      }),

    get: (key, range) =>
      orAway(async () => {
        const file = await openIfThere(pathOf(key));
        return file?.createReadStream({ ...range });
      }),

    delete: (key) =>
      orAway(async () => {
        const path = pathOf(key);
        await Promise.all([rm(path, { force: true }), rm(path + UNFINISHED, { force: true })]);
      }),
  };
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  await using file = await open(path, 'w', 0o600);
  await file.writeFile(bytes);
  await file.sync();
}

/** A name is durable when its folder is. */
async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r');
  await folder.sync();
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  return await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

/** A disk that is full, broken or not mounted heals without us; whoever asks is told to come back. */
async function orAway<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new AppError('UPSTREAM_UNAVAILABLE', { message: 'Files cannot be reached right now', retryAfterS: 5, cause });
  }
}
