import { startLoop } from '#infrastructure/events/loop.ts';
import { makeExpireHolds } from '#services/payments/ledger/expire-holds.ts';
import type { Ground } from '#services/ground.main.ts';
import { MINUTE } from '#shared/time.ts';

/** Lets go of holds whose time is over, every minute. */
export function sweepHolds(ground: Ground, resources: AsyncDisposableStack): void {
  const sweep = makeExpireHolds(ground);
  const loop = startLoop({
    name: 'sweep-holds',
    restMs: MINUTE,
    log: ground.log,
    turn: async () => ((await sweep()) > 0 ? 'busy' : 'idle'),
  });
  resources.defer(() => loop.stop());
}
