import { z } from 'zod';
import { MEDIA_TYPES, Purpose } from '../contracts/media.ts';
import { DialogId, MediaId, UserId } from '../ids.ts';
import { defineEvent } from './event.ts';

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
  { says: 'A file was stored.', key: 'media_id' },
);

export const MediaAttached = defineEvent(
  'media.attached',
  1,
  z.object({ media_id: MediaId, owner_id: UserId, dialog_id: DialogId }),
  { says: 'A file was sent to a dialog, whose members may read it from now on.', key: 'media_id' },
);

export const MediaDeleted = defineEvent('media.deleted', 1, z.object({ media_id: MediaId, owner_id: UserId }), {
  says: 'Nobody may read a file any more; it is purged when its retention ends.',
  key: 'media_id',
});

export const MediaPurged = defineEvent(
  'media.purged',
  1,
  z.object({ media_id: MediaId, owner_id: UserId, reason: z.enum(['unused', 'deleted']) }),
  { says: 'A file is gone from its store.', key: 'media_id' },
);
