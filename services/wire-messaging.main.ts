import { openKeyManagement } from '#infrastructure/keys/open-key-management.ts';
import { openAnnouncer } from '#infrastructure/realtime-announcer/open-announcer.ts';
import { blockersOf } from '#services/auth/blocks.ts';
import { findPeople } from '#services/auth/people.ts';
import { makeAttachMedia } from '#services/media/attach-media.ts';
import { makeDetachMedia } from '#services/media/detach-media.ts';
import { makeCopyBlock } from '#services/messaging/copy-block.ts';
import { messagingRoutes } from '#services/messaging/routes.ts';
import { makeMessaging, type MessagingService } from '#services/messaging/service.ts';
import type { Ground } from './ground.main.ts';
import { openMessageStore } from './open-message-store.main.ts';
import type { WiredService } from './wire.main.ts';

/** What copies blocks, which are identity's, to where messaging reads them. */
export function openCopyBlock({ databases }: Pick<Ground, 'databases'>) {
  return makeCopyBlock({
    databases,
    blocks: { blockersOf: (userId, others) => blockersOf(databases, userId, others) },
  });
}

/**
 * Messaging that tells the sockets of every realtime node what was sent here.
 *
 * @param resources closes what is opened for it
 */
export async function openMessaging(ground: Ground, resources: AsyncDisposableStack): Promise<MessagingService> {
  const { config, log, databases, role } = ground;
  const { store: messageStore } = resources.use(await openMessageStore(config));
  const announcer = resources.use(
    await openAnnouncer({ redisUrl: config.REDIS_URL, prefix: config.REDIS_PREFIX, name: role, log }),
  );
  return makeMessaging({
    ...ground,
    people: { find: (ids) => findPeople(databases, ids) },
    blocks: { blockersOf: (userId, others) => blockersOf(databases, userId, others) },
    media: { attach: makeAttachMedia(ground), detach: makeDetachMedia(ground) },
    announcer,
    keyManagement: openKeyManagement(config),
    messageStore,
  });
}

export async function wireMessaging(ground: Ground): Promise<WiredService> {
  const resources = new AsyncDisposableStack();
  const messaging = await openMessaging(ground, resources);
  return { routes: messagingRoutes(messaging), close: () => resources.disposeAsync() };
}
