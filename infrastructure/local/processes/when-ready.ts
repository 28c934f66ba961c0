import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Running } from './launch.ts';

const LOOK_AGAIN_AFTER_MS = 50;
const LINES_SHOWN = 8;

type Wait = { readonly answers: () => Promise<boolean>; readonly withinMs: number; readonly signal: AbortSignal };

/**
 * Waits until a process answers.
 *
 * @throws when it ends first, stays silent for `withinMs`, or the start is called off. It is gone by then, and the
 * message ends with the last lines of its log.
 */
export async function whenReady(process: Running, { answers, withinMs, signal }: Wait): Promise<Running> {
  const { name, logPath } = process;
  const deadline = performance.now() + withinMs;
  let ended: string | undefined;
  void process.ended.then((how) => (ended = how));
  for (;;) {
    const ready = await answers().catch(() => false);
    if (ended !== undefined) throw new Error(`${name} ended (${ended}) before it was ready.\n${await endOf(logPath)}`);
    if (ready) return process;
    if (signal.aborted || performance.now() > deadline) {
      await process.stop();
      signal.throwIfAborted();
      throw new Error(`${name} did not answer within ${withinMs / 1000} s.\n${await endOf(logPath)}`);
    }
    await sleep(LOOK_AGAIN_AFTER_MS);
  }
}

async function endOf(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return `The end of ${path}:\n${text.trimEnd().split('\n').slice(-LINES_SHOWN).join('\n')}`;
}
