import { chmod, chown, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** `nobody`: owns nothing on the machine. The number is the same on every Linux distribution and on macOS is unused. */
const NOBODY = { uid: 65_534, gid: 65_534 };
const OTHERS_MAY_ENTER = 0o001;

/** Who engines run as: `nobody` when we are root, for Postgres refuses to run as root and the others should not. */
export function engineUser(): { uid: number; gid: number } | undefined {
  return process.getuid?.() === 0 ? NOBODY : undefined;
}

/** Makes a folder that only the engine user can read, inside a data folder that it may enter. */
export async function engineFolder(path: string): Promise<string> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const user = engineUser();
  if (user !== undefined) {
    await chown(path, user.uid, user.gid);
    await letOthersEnter(dirname(path));
    await assertReachable(path);
  }
  return path;
}

/**
 * As root, checks that the engine user can come to a path.
 *
 * @throws with a sentence that names the folder in the way.
 */
export async function assertReachable(path: string): Promise<void> {
  if (engineUser() === undefined) return;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (((await stat(folder)).mode & OTHERS_MAY_ENTER) === 0) {
      throw new Error(
        `The engines run as the user nobody, who may not enter ${folder}: ` +
          'choose other folders with TCHAT_DATA_DIR and TCHAT_CACHE_DIR, or run as a user that is not root.',
      );
    }
    if (folder === dirname(folder)) return;
  }
}

async function letOthersEnter(folder: string): Promise<void> {
  const { mode } = await stat(folder);
  if ((mode & OTHERS_MAY_ENTER) === 0) await chmod(folder, (mode & 0o7777) | OTHERS_MAY_ENTER);
}
