import { startLoop } from '#infrastructure/events/loop.ts';
import { makeSweepCodes } from '#services/auth/sweep-codes.ts';
import type { Ground } from '#services/ground.main.ts';
import { MINUTE } from '#shared/time.ts';

/** Removes codes that have expired, whether or not any are delivered. Several processes may. */
export function sweepCodes(ground: Ground, resources: AsyncDisposableStack): void {
  const sweep = makeSweepCodes(ground);
  const loop = startLoop({
    name: 'sweep-codes',
    restMs: MINUTE,
    log: ground.log,
    turn: async () => ((await sweep()) > 0 ? 'busy' : 'idle'),
  });
  resources.defer(() => loop.stop());
}
