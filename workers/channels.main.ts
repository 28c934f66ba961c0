import { startLoop } from '#infrastructure/events/loop.ts';
import type { Ground } from '#services/ground.main.ts';
import { retireSessions } from '#services/notifications/channels/devices.ts';
import type { ChannelsService } from '#services/notifications/channels/service.ts';
import type { Consumer } from '#shared/events/bus.ts';
import { regionOf } from '#shared/ids.ts';
import { HOUR, MINUTE } from '#shared/time.ts';
import { makeAddressQuestions } from './consumers/address-questions.ts';
import { makeEndedPushes } from './consumers/ended-pushes.ts';

/** What follows events in where people are reached. */
export function channelConsumers({ databases, log }: Ground, { askToConfirm }: ChannelsService): readonly Consumer[] {
  return [
    makeAddressQuestions({ askToConfirm, log }),
    makeEndedPushes({ retireSessions: (userId, ids) => retireSessions(databases.of(regionOf(userId)), ids) }),
  ];
}

/** Forgets calls to providers whose time is over, and asks at addresses that nobody could be asked at before. */
export function purgeAttempts({ log }: Ground, channels: ChannelsService, resources: AsyncDisposableStack): void {
  const purge = startLoop({
    name: 'purge-notification-attempts',
    restMs: HOUR,
    log,
    turn: async () => ((await channels.purgeAttempts()) > 0 ? 'busy' : 'idle'),
  });
  resources.defer(() => purge.stop());
  const again = startLoop({
    name: 'ask-addresses-again',
    restMs: MINUTE,
    log,
    turn: async () => {
      await channels.askAgain();
      return 'idle';
    },
  });
  resources.defer(() => again.stop());
}
