import { openHeadStore } from '#infrastructure/audit/head-stores.ts';
import { makeSignHeads } from '#infrastructure/audit/sign-heads.ts';
import { headKeys } from '#infrastructure/audit/signed-head.ts';
import { startLoop } from '#infrastructure/events/loop.ts';
import type { Ground } from '#services/ground.main.ts';
import { SECOND } from '#shared/time.ts';

/** So that a minute is enough although one try fails. */
const SIGN_EVERY_MS = 20 * SECOND;

/** Signs the ends of the audit chains beside the consumer that writes them. Several processes may: each head counts. */
export function signAuditHeads(ground: Ground, resources: AsyncDisposableStack): void {
  const { config, databases, clock, log } = ground;
  const sign = makeSignHeads({
    databases,
    store: openHeadStore(config),
    keys: headKeys(config.AUDIT_KEY),
    clock,
    log,
  });
  const loop = startLoop({
    name: 'sign-audit-heads',
    restMs: SIGN_EVERY_MS,
    log,
    turn: async () => {
      await sign();
      return 'idle';
    },
  });
  resources.defer(() => loop.stop());
}
