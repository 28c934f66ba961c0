import { Context } from '@temporalio/activity';
import { SECOND } from '#shared/time.ts';

/** Well below every heartbeat timeout of our workflows, the shortest of which is 15 seconds. */
const BEAT_EVERY_MS = 2 * SECOND;

type Step = (...args: never[]) => Promise<unknown>;

/**
 * Wraps activities so that Temporal hears from each while it runs: a worker that dies is noticed within the heartbeat timeout,
 * and not only when the whole time of the activity is over. It says that the process lives, not that there is progress.
 */
export function withHeartbeats<Steps extends Record<string, Step>>(steps: Steps): Steps {
  const wrapped = Object.entries(steps).map(([name, step]) => [
    name,
    async (...args: never[]) => {
      const context = Context.current();
      context.heartbeat();
      const beat = setInterval(() => context.heartbeat(), BEAT_EVERY_MS);
      try {
        return await step(...args);
      } finally {
        clearInterval(beat);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as Steps;
}
