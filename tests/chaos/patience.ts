import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND } from '#shared/time.ts';
import type { Answered, LoadLog } from './load-log.ts';

const LOOK_EVERY_MS = 50;
const AGAIN_AFTER_MS = 250;
const GIVE_UP_AFTER_MS = 60 * SECOND;

/** Asks until there is an answer. @throws when there is none in time */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  withinMs: number = GIVE_UP_AFTER_MS,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`waited ${withinMs / SECOND} s in vain: ${what}`);
    await sleep(LOOK_EVERY_MS);
  }
}

/** Tries an operation, as a client does who must know: until it is answered for good. @throws its final refusal */
export async function persistently<T>(log: LoadLog, kind: string, id: string, work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + GIVE_UP_AFTER_MS;
  for (;;) {
    const tried: Answered<T> = await log.attempt(kind, id, work);
    if (tried.outcome === 'ok') return tried.answer;
    if (tried.outcome === 'failed' || performance.now() > deadline) throw tried.error;
    await sleep(AGAIN_AFTER_MS);
  }
}
