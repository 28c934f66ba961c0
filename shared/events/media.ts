import { z } from 'zod';
import { MEDIA_TYPES, Purpose } from '../contracts/media.ts';
import { DialogId, MediaId, UserId } from '../ids.ts';
import { defineEvent } from './event.ts';

/** A file was stored. Aggregate: the media. */
export const MediaStored = defineEvent(
  'media.stored',
  1,
  z.object({
    media_id: MediaId,
    owner_id: UserId,
    purpose: Purpose,
    mime_type: z.enum(MEDIA_TYPES),
    size: z.number().int(),
  }),
);

/** A file was sent to a dialog, whose members may read it from now on. Aggregate: the media. */
export const MediaAttached = defineEvent(
  'media.attached',
  1,
  z.object({ media_id: MediaId, owner_id: UserId, dialog_id: DialogId }),
);

/** Nobody may read a file any more; it is purged when its retention ends. Aggregate: the media. */
export const MediaDeleted = defineEvent('media.deleted', 1, z.object({ media_id: MediaId, owner_id: UserId }));

/** A file is gone from its store. Aggregate: the media. */
export const MediaPurged = defineEvent(
  'media.purged',
  1,
  z.object({ media_id: MediaId, owner_id: UserId, reason: z.enum(['unused', 'deleted']) }),
);
