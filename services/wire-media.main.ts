import { startLoop } from '#infrastructure/events/loop.ts';
import { openKeyManagement } from '#infrastructure/keys/open-key-management.ts';
import { makeMediaStores } from '#infrastructure/media-store/media-stores.ts';
import { makeSharpThumbnailer } from '#infrastructure/thumbnails/sharp-thumbnailer.ts';
import { mediaRoutes } from '#services/media/routes.ts';
import { makeMedia, type MediaService } from '#services/media/service.ts';
import { isParticipant } from '#services/messaging/store/participants.ts';
import { regionOf } from '#shared/ids.ts';
import { MINUTE } from '#shared/time.ts';
import type { Ground } from './ground.main.ts';
import type { WiredService } from './wire.main.ts';

const SWEEP_EVERY_MS = 10 * MINUTE;
const BYTES_PER_MB = 1024 ** 2;

/** Media over the stores that the settings name, with messaging's word on who is in which dialog. */
export function openMedia(ground: Ground): MediaService {
  const { config, databases } = ground;
  return makeMedia({
    ...ground,
    stores: makeMediaStores(config),
    keyManagement: openKeyManagement(config),
    thumbnailer: makeSharpThumbnailer(),
    dialogs: {
      async isMemberOfAny(userId, dialogIds) {
        // A file is sent to one dialog as a rule, and the latest is the likeliest: asked one by one, it is one query.
        for (const id of dialogIds) {
          if (await isParticipant(databases.of(regionOf(id)), id, userId)) return true;
        }
        return false;
      },
    },
    bytesPerUserMax: config.MEDIA_MB_PER_USER * BYTES_PER_MB,
  });
}

/** Media, and the loop that removes files whose time has come and wraps keys anew. */
export function wireMedia(ground: Ground): WiredService {
  const media = openMedia(ground);
  const sweep = startLoop({
    name: 'sweep-media',
    restMs: SWEEP_EVERY_MS,
    log: ground.log,
    turn: async () => ((await media.sweep()) + (await media.rewrapKeys()) > 0 ? 'busy' : 'idle'),
  });
  return { routes: mediaRoutes(media), close: () => sweep.stop() };
}
