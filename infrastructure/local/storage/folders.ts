import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

const isRoot = () => process.getuid?.() === 0;

/** Where engines that were fetched once are kept, for every checkout of this user. `TCHAT_CACHE_DIR` moves it. */
export function cacheFolder(env: Environment): string {
  if (env.TCHAT_CACHE_DIR) return env.TCHAT_CACHE_DIR;
  return isRoot() ? '/var/cache/tchat' : join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tchat');
}

/** Where this checkout's cluster keeps data, secrets and logs. `TCHAT_DATA_DIR` moves it. */
export function dataFolder(env: Environment, checkout: string): string {
  if (env.TCHAT_DATA_DIR) return env.TCHAT_DATA_DIR;
  // Two checkouts may have the same name; eight digits of the path's digest keep their data apart.
  const name = `${basename(checkout)}-${createHash('sha256').update(checkout).digest('hex').slice(0, 8)}`;
  const root = isRoot() ? '/var/lib' : env.XDG_DATA_HOME || join(homedir(), '.local', 'share');
  return join(root, 'tchat', name);
}
