import { startLoop } from '#infrastructure/events/loop.ts';
import { makePurgeSessions } from '#services/auth/account-life/purge-sessions.ts';
import type { Ground } from '#services/ground.main.ts';
import { HOUR } from '#shared/time.ts';

/** Removes sessions whose retention is over. Several processes may. */
export function purgeSessions(ground: Ground, resources: AsyncDisposableStack): void {
  const purge = makePurgeSessions(ground);
  const loop = startLoop({
    name: 'purge-sessions',
    restMs: HOUR,
    log: ground.log,
    turn: async () => ((await purge()) > 0 ? 'busy' : 'idle'),
  });
  resources.defer(() => loop.stop());
}
