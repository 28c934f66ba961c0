import { randomUUID } from 'node:crypto';
import { startLoop } from '#infrastructure/events/loop.ts';
import { showOldestDue } from '#infrastructure/metrics/notification-metrics.ts';
import { openRedis } from '#infrastructure/redis/connect.ts';
import { makePresenceRegistry } from '#infrastructure/redis/presence-registry.ts';
import { blockersOf } from '#services/auth/blocks.ts';
import type { Ground } from '#services/ground.main.ts';
import { makeWhoToTell } from '#services/messaging/who-to-tell.ts';
import type { ChannelsService } from '#services/notifications/channels/service.ts';
import { type InboxUpdatesPorts, makeInboxUpdates } from '#services/notifications/consumers/inbox-updates.ts';
import { makeMessagePushes } from '#services/notifications/consumers/message-pushes.ts';
import { makePeopleTold } from '#services/notifications/consumers/people-told.ts';
import { makeDispatch, makeOldestDue } from '#services/notifications/dispatch/dispatch.ts';
import { accountLife } from '#services/notifications/from-events/account.ts';
import { newMembers } from '#services/notifications/from-events/dialogs.ts';
import { orderSteps } from '#services/notifications/from-events/orders.ts';
import { paymentReceipts } from '#services/notifications/from-events/payments.ts';
import { securityAlerts } from '#services/notifications/from-events/security.ts';
import { verificationSteps } from '#services/notifications/from-events/verification.ts';
import { openMessageStore } from '#services/open-message-store.main.ts';
import { notificationsPorts, openNotifications } from '#services/wire-notifications.main.ts';
import type { Consumer } from '#shared/events/bus.ts';
import type { UserId } from '#shared/ids.ts';
import { MINUTE } from '#shared/time.ts';

/** How soon what became due is seen: a push that is half a second late is not late. */
const DUE_LOOK_MS = 500;
const PURGE_EVERY_MS = 10 * MINUTE;

/** The consumer groups that make notifications of events, and the one that shows them on open devices. */
export async function notificationConsumers(
  ground: Ground,
  emitToUsers: InboxUpdatesPorts['emitToUsers'],
  resources: AsyncDisposableStack,
): Promise<readonly Consumer[]> {
  const { config, databases } = ground;
  const notifications = openNotifications(ground);
  const { store } = resources.use(await openMessageStore(config));
  return [
    makeMessagePushes({
      whoToTell: makeWhoToTell({
        databases,
        store,
        online: await openOnline(ground, resources),
        blockersOf: (userId, others) => blockersOf(databases, userId, others),
      }),
      create: notifications.create,
    }),
    makePeopleTold(notifications.create, [
      securityAlerts,
      paymentReceipts,
      orderSteps,
      verificationSteps,
      accountLife({ exportKeptForMs: config.EXPORT_KEPT_FOR }),
      newMembers,
    ]),
    makeInboxUpdates({ inboxNews: notifications.inboxNews, emitToUsers }),
  ];
}

/** Those of some people who have a socket open. While nobody can say, all count as away: a push too many is no loss. */
async function openOnline({ config, log }: Ground, resources: AsyncDisposableStack) {
  const redis = resources.use(await openRedis({ url: config.REDIS_URL, name: 'worker-presence', log }));
  const registry = makePresenceRegistry(redis, config.REDIS_PREFIX, `worker-${randomUUID()}`);
  return async (userIds: readonly UserId[]): Promise<ReadonlySet<UserId>> => {
    if (userIds.length === 0) return new Set();
    try {
      const online = await registry.areOnline(userIds);
      return new Set(userIds.filter((_, at) => online[at]));
    } catch (error) {
      log.warn({ err: error }, 'presence cannot be read: everyone counts as away');
      return new Set();
    }
  };
}

/** Sends what is due, one loop for each database, and forgets what is old. Several processes may. */
export function sendNotifications(ground: Ground, channels: ChannelsService, resources: AsyncDisposableStack): void {
  const { databases, log } = ground;
  const ports = { ...notificationsPorts(ground), deliver: channels.deliver, findReport: channels.findReport, log };
  for (const database of databases.all) {
    const dispatch = makeDispatch(ports, database);
    const loop = startLoop({
      name: 'send-notifications',
      restMs: DUE_LOOK_MS,
      log,
      turn: async () => ((await dispatch()) > 0 ? 'busy' : 'idle'),
    });
    resources.defer(() => loop.stop());
  }
  const oldestDue = makeOldestDue(databases.all);
  const { purgeOld } = openNotifications(ground);
  const watch = startLoop({
    name: 'watch-notifications',
    restMs: 15_000,
    log,
    turn: async () => {
      showOldestDue(await oldestDue());
      return 'idle';
    },
  });
  const purge = startLoop({
    name: 'purge-notifications',
    restMs: PURGE_EVERY_MS,
    log,
    turn: async () => ((await purgeOld()) > 0 ? 'busy' : 'idle'),
  });
  resources.defer(async () => void (await Promise.all([watch.stop(), purge.stop()])));
}
