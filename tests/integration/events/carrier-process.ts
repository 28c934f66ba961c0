import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { FreshDatabase } from '#tests/harness/database.ts';
import { carrierOptions } from '#tests/harness/event-carrier.ts';
import type { CarrierWork } from './carrier-process.main.ts';

const SCRIPT = new URL('./carrier-process.main.ts', import.meta.url).pathname;

export type CarrierProcess = AsyncDisposable & {
  /** Settles when it has written the effects of a batch and not yet committed them. */
  handling(): Promise<void>;
  /** Ends it where it stands. */
  kill(): Promise<void>;
};

/** Starts a process of its own that relays, or handles for a group, on the bus under test. */
export async function startCarrierProcess(
  db: FreshDatabase,
  work: Omit<CarrierWork, keyof ReturnType<typeof carrierOptions>>,
): Promise<CarrierProcess> {
  const all: CarrierWork = { ...carrierOptions(db), ...work };
  const child: ChildProcess = fork(SCRIPT, [JSON.stringify(all)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ended = once(child, 'exit');
  const said = async (word: string) => {
    for (;;) {
      const [heard] = (await once(child, 'message')) as [unknown];
      if (heard === word) return;
    }
  };
  await said('started');
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return { handling: () => said('handling'), kill, [Symbol.asyncDispose]: kill };
}
