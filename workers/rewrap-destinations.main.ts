import { startLoop } from '#infrastructure/events/loop.ts';
import { openKeyManagement } from '#infrastructure/keys/open-key-management.ts';
import type { Ground } from '#services/ground.main.ts';
import { makeRewrapDestinations } from '#services/payments/payout/rewrap-destinations.ts';
import { MINUTE } from '#shared/time.ts';

const EVERY_MS = 10 * MINUTE;

/** Wraps anew what an older wrapping key has wrapped of where withdrawals went, so that the older one can be retired. */
export function rewrapDestinations(ground: Ground, resources: AsyncDisposableStack): void {
  const rewrap = makeRewrapDestinations({ ...ground, keyManagement: openKeyManagement(ground.config) });
  const loop = startLoop({
    name: 'rewrap-destinations',
    restMs: EVERY_MS,
    log: ground.log,
    turn: async () => {
      const rewrapped = await rewrap();
      if (rewrapped > 0) ground.log.info({ rewrapped }, 'the keys of destinations were wrapped anew');
      return 'idle';
    },
  });
  resources.defer(() => loop.stop());
}
