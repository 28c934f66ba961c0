import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The first that runs `.ts` files without flags, has file locks by node:sqlite, and is supported for long. */
const OLDEST_MAJOR = 24;

/**
 * The Node to run the project with: the pinned one that came with the dependencies, else the one that runs this.
 *
 * @param {string} root the checkout
 * @returns {string}
 */
export function findNode(root) {
  const pinned = join(root, 'node_modules', '.bin', 'node');
  if (existsSync(pinned) && majorOf(pinned) >= OLDEST_MAJOR) return pinned;
  if (Number(process.versions.node.split('.')[0]) >= OLDEST_MAJOR) return process.execPath;
  throw new Error(
    `Tchat needs Node ${OLDEST_MAJOR} or newer, and this is ${process.version}: ` +
      `npm brings the right one on Linux x64; on ${process.platform} ${process.arch} install it from nodejs.org.`,
  );
}

/**
 * 0 when it cannot be run here at all.
 *
 * @param {string} node
 */
function majorOf(node) {
  const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  return Number(/^v(\d+)\./.exec(stdout ?? '')?.[1] ?? 0);
}
