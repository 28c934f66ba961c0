/**
 * Loaded before a script that bootstrap.mjs runs: ends it in good order, as SIGTERM does, when bootstrap.mjs has died
 * without being able to say so. Children that inherit Node's flags load it too and are left alone.
 */
import { isMainThread } from 'node:worker_threads';

const PARENT_CHECK_MS = 1000;

const parent = Number(process.env.TCHAT_BOOTSTRAP_PID);
if (isMainThread && process.ppid === parent) {
  delete process.env.TCHAT_BOOTSTRAP_PID;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, PARENT_CHECK_MS);
  watch.unref();
}
