import { readFileSync } from 'node:fs';

const CHECK_MS = 1000;

/**
 * Calls back once when the process that called us is gone. npm calls through a shell, which outlives a killed npm: then
 * the caller of the shell counts too.
 *
 * @param {() => void} onGone
 */
export function watchCallers(onGone) {
  const callers = () => {
    const parent = process.ppid;
    return process.env.npm_lifecycle_event === undefined ? `${parent}` : `${parent} ${parentOf(parent)}`;
  };
  const first = callers();
  const watch = setInterval(() => {
    if (callers() === first) return;
    clearInterval(watch);
    onGone();
  }, CHECK_MS);
  watch.unref();
}

/**
 * 0 where the system does not tell.
 *
 * @param {number} pid
 */
function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // After the name in parentheses, which may hold anything: the state, then the parent (proc(5)).
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}
