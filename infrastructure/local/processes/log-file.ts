import { mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const BYTES_MAX = 32 * 1024 * 1024;

/**
 * Opens a log file to append to. One that has grown beyond 32 MiB is first put aside as `.1`, in place of the one put
 * aside before, so that logs of many starts stay within bounds.
 *
 * @returns a file descriptor, which the caller closes.
 */
export function openLogFile(path: string): number {
  // Logs name users by their ids: they are for the owner of the cluster only.
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > BYTES_MAX) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
}
