import { startLoop } from '#infrastructure/events/loop.ts';
import type { Ground } from '#services/ground.main.ts';
import { retireSessions } from '#services/notifications/channels/devices.ts';
import type { ChannelsService } from '#services/notifications/channels/service.ts';
import type { Consumer } from '#shared/events/bus.ts';
import { regionOf } from '#shared/ids.ts';
import { HOUR } from '#shared/time.ts';
import { makeAddressQuestions } from './consumers/address-questions.ts';
import { makeEndedPushes } from './consumers/ended-pushes.ts';

/** What follows events in where people are reached. */
export function channelConsumers({ databases }: Ground, { askToConfirm }: ChannelsService): readonly Consumer[] {
  return [
    makeAddressQuestions({ askToConfirm }),
    makeEndedPushes({ retireSessions: (userId, ids) => retireSessions(databases.of(regionOf(userId)), ids) }),
  ];
}

/** Forgets calls to providers whose time is over. */
export function purgeAttempts({ log }: Ground, channels: ChannelsService, resources: AsyncDisposableStack): void {
  const purge = startLoop({
    name: 'purge-notification-attempts',
    restMs: HOUR,
    log,
    turn: async () => ((await channels.purgeAttempts()) > 0 ? 'busy' : 'idle'),
  });
  resources.defer(() => purge.stop());
}
