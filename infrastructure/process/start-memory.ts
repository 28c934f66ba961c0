import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SECOND } from '#shared/time.ts';

/** After the start has settled, and before anyone is there to notice the pause of some tens of milliseconds. */
const AFTER_MS = 3 * SECOND;

/**
 * Gives back the memory that only the start needed: sources, syntax trees and code that ran once.
 *
 * V8 collects those when the heap grows, which in a quiet process is never: each role would keep 15 to 30 MB of them.
 */
export function giveBackStartMemory(): void {
  setTimeout(() => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as (how: object) => void;
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  }, AFTER_MS).unref();
}
