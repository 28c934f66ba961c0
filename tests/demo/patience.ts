import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND } from '#shared/time.ts';

const LOOK_EVERY_MS = 40;
const GIVE_UP_AFTER_MS = 20 * SECOND;

/** Asks until there is an answer, and fails loudly when there is none in time. */
export async function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + GIVE_UP_AFTER_MS;
  while (Date.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(LOOK_EVERY_MS);
  }
  throw new Error(`waited ${GIVE_UP_AFTER_MS / SECOND} s in vain: ${what}`);
}
