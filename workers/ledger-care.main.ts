import { startLoop } from '#infrastructure/events/loop.ts';
import type { Config } from '#infrastructure/config/settings.ts';
import { showLedger } from '#infrastructure/metrics/ledger-metrics.ts';
import type { Recurring } from '#infrastructure/temporal/schedules.ts';
import type { Ground } from '#services/ground.main.ts';
import { makeLookAtLedger } from '#services/payments/reconciliation/look-at-ledger.ts';
import type { Reconcile } from '#services/payments/reconciliation/reconcile.ts';
import { ReconcileDueWorkflow } from '#shared/workflows/reconciliation.ts';

/** What begins again and again in payments, beside settlement. */
export function reconciliationSchedules(config: Config): readonly Recurring[] {
  return [{ kind: ReconcileDueWorkflow, everyMs: config.RECONCILE_EVERY }];
}

/**
 * Looks at the ledger from within every few minutes, and again at what did not agree: a settlement that came late clears
 * what was set aside for it. It needs Postgres only, so that an alarm does not wait for Temporal. Several processes may.
 */
export function careForLedger(
  { databases, clock, log, config }: Ground,
  reconcile: Reconcile,
  resources: AsyncDisposableStack,
): void {
  const lookAtLedger = makeLookAtLedger({ databases, log });
  const loop = startLoop({
    name: 'care-for-ledger',
    restMs: config.LEDGER_CHECK_EVERY,
    log,
    turn: async () => {
      for (let after: string | undefined; ;) {
        const { next } = await reconcile.revisitFindings(after);
        if (next === undefined) break;
        after = next;
      }
      showLedger(await lookAtLedger(), clock());
      return 'idle';
    },
  });
  resources.defer(() => loop.stop());
}
