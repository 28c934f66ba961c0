import { setTimeout as sleep } from 'node:timers/promises';
import { readFile } from 'node:fs/promises';
import type { Running } from '../processes/launch.ts';

const LOOK_AGAIN_AFTER_MS = 25;
const LINES_SHOWN = 8;

/**
 * Waits until an engine answers.
 *
 * @throws when it ends first or stays silent for `withinMs`; the message ends with the last lines of its log. The engine
 * is stopped by then.
 */
export async function whenReady(engine: Running, answers: () => Promise<boolean>, withinMs: number): Promise<Running> {
  const deadline = performance.now() + withinMs;
  let ended: string | undefined;
  void engine.ended.then((how) => (ended = how));
  for (;;) {
    if (await answers().catch(() => false)) return engine;
    if (ended !== undefined)
      throw new Error(`${engine.name} ended (${ended}) before it was ready.\n${await lastLines(engine.logPath)}`);
    if (performance.now() > deadline) {
      await engine.stop();
      throw new Error(`${engine.name} did not answer within ${withinMs / 1000} s.\n${await lastLines(engine.logPath)}`);
    }
    await sleep(LOOK_AGAIN_AFTER_MS);
  }
}

async function lastLines(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return `The end of ${path}:\n${text.trimEnd().split('\n').slice(-LINES_SHOWN).join('\n')}`;
}
