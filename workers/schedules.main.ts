import type { Config } from '#infrastructure/config/settings.ts';
import { startLoop } from '#infrastructure/events/loop.ts';
import { openTemporal } from '#infrastructure/temporal/client.ts';
import { type Recurring, ensureSchedule } from '#infrastructure/temporal/schedules.ts';
import type { Log } from '#shared/log.ts';
import { DAY, HOUR } from '#shared/time.ts';
import { SettlementRun } from '#shared/workflows/settlement-run.ts';
import { RescreeningWorkflow } from '#shared/workflows/rescreening.ts';
import { KeyCareWorkflow, MessageRetention } from '#shared/workflows/messaging.ts';

/** What begins again and again in messaging. */
export function messagingSchedules(config: Config): readonly Recurring[] {
  return [
    { kind: MessageRetention, everyMs: config.MESSAGE_UPKEEP_EVERY },
    { kind: KeyCareWorkflow, everyMs: config.MESSAGE_UPKEEP_EVERY },
  ];
}

/** What begins again and again in verification. */
export function verificationSchedules(config: Config): readonly Recurring[] {
  return [{ kind: RescreeningWorkflow, everyMs: config.KYC_RESCREEN_EVERY }];
}

/** When merchants are paid what is due. What an earlier setting left due is paid within a day, also where none waits. */
export function settlementSchedules({ SETTLEMENT_EVERY: every }: Config): readonly Recurring[] {
  return [{ kind: SettlementRun, everyMs: every === 'each' ? DAY : every }];
}

/** Sees to it that schedules stand, now and from time to time; while Temporal is away it goes on trying. */
export function keepSchedules(
  config: Config,
  schedules: readonly Recurring[],
  log: Log,
  resources: AsyncDisposableStack,
): void {
  const temporal = openTemporal(config);
  resources.defer(() => temporal.close());
  const options = { client: temporal.client, taskQueuePrefix: config.TASK_QUEUE_PREFIX };
  const loop = startLoop({
    name: 'schedules',
    restMs: HOUR,
    log,
    turn: async () => {
      for (const schedule of schedules) await ensureSchedule(options, schedule);
      return 'idle';
    },
  });
  resources.defer(() => loop.stop());
}
