import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type PartName, PARTS } from './faults.ts';
import type { Acknowledged } from './writer.main.ts';

const WRITER = new URL('writer.main.ts', import.meta.url).pathname;
const CARRIER = new URL('carrier.main.ts', import.meta.url).pathname;

/** The processes of a run. Each may be killed at any moment and started again. */
export type Crew = AsyncDisposable & {
  /** Changes of which a writer was told that they are committed. */
  readonly acknowledged: () => number;
  readonly start: (name: PartName) => void;
  readonly kill: (name: PartName) => Promise<void>;
  readonly signal: (name: PartName, signal: 'SIGSTOP' | 'SIGCONT') => void;
};

/** Two of each kind, over one database. */
export function hireCrew(url: string, pauseMs: number): Crew {
  const processes = new Map<PartName, ChildProcess>();
  let acknowledged = 0;

  function start(name: PartName): void {
    const [kind] = name.split(' ');
    const [script, args] = kind === 'writer' ? [WRITER, [url, String(pauseMs)]] : [CARRIER, [kind!, url]];
    const child = fork(script, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    child.on('message', (told: Acknowledged) => (acknowledged += told.acknowledged));
    processes.set(name, child);
  }

  async function kill(name: PartName): Promise<void> {
    const child = processes.get(name);
    if (child === undefined) return;
    processes.delete(name);
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  for (const name of PARTS) start(name);
  return {
    acknowledged: () => acknowledged,
    start,
    kill,
    signal: (name, signal) => void processes.get(name)?.kill(signal),
    [Symbol.asyncDispose]: async () => void (await Promise.all(PARTS.map(kill))),
  };
}
