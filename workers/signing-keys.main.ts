import { startLoop } from '#infrastructure/events/loop.ts';
import { openKeyManagement } from '#infrastructure/keys/open-key-management.ts';
import type { Ground } from '#services/ground.main.ts';
import { careForSigningKeys } from '#services/auth/rotate-signing-keys.ts';
import { HOUR } from '#shared/time.ts';

/** Looks after the keys that sign tokens, now and every hour. No workflow: logging in does not wait for Temporal. */
export function keepSigningKeys({ config, databases, outbox, log }: Ground, resources: AsyncDisposableStack): void {
  const ports = { databases, outbox, wrapping: openKeyManagement(config) };
  const loop = startLoop({
    name: 'signing-keys',
    restMs: HOUR,
    log,
    turn: async () => {
      await careForSigningKeys(ports, config.TOKEN_KEY_ROTATE_EVERY);
      return 'idle';
    },
  });
  resources.defer(() => loop.stop());
}
