import { z } from 'zod';
import { MediaId, UserId } from '../../ids.ts';
import { characters, line } from '../text.ts';

/** Members that one message may mention. */
const MENTIONS_MAX = 50;
const LABELS_MAX = 16;
const LABEL_NAME = line(1, 64);

/** Written out, since a schema with named and free entries has no type that a plain object fits. */
type Labels<Id extends string> = {
  readonly mentions?: readonly Id[] | undefined;
  readonly [label: string]: string | number | boolean | readonly Id[] | undefined;
};

/**
 * Of a text: `mentions`, the members it addresses, who find it counted in their `mention_count`; and labels that a
 * client attaches for its own use. At most 16 entries; they are encrypted with the text.
 */
export const TextMetadata: z.ZodType<Labels<UserId>, Labels<string>> = z
  .object({ mentions: z.array(UserId).max(MENTIONS_MAX).optional() })
  .catchall(z.union([characters(0, 500), z.number(), z.boolean()]))
  .refine((labels) => Object.keys(labels).length <= LABELS_MAX, `must have at most ${LABELS_MAX} entries`)
  .superRefine((labels, context) => {
    for (const name of Object.keys(labels)) {
      const { success, error } = LABEL_NAME.safeParse(name);
      if (!success) context.addIssue({ code: 'custom', message: error.issues[0]!.message, path: [name] });
    }
  });

/** A place on Earth, WGS 84 degrees. */
export const LocationMetadata = z.strictObject({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  name: line(1, 200).optional(),
  address: characters(1, 500).optional(),
});

/** A sticker of a pack; the client draws it. */
export const StickerMetadata = z.strictObject({ pack_id: line(1, 100), sticker_id: line(1, 100) });

const media = { media_id: MediaId };
const pixels = z.number().int().min(1).max(100_000);
const durationMs = z
  .number()
  .int()
  .min(0)
  .max(24 * 3_600_000);

export const ImageMetadata = z.strictObject({ ...media, width: pixels.optional(), height: pixels.optional() });
export const VideoMetadata = z.strictObject({ ...ImageMetadata.shape, duration_ms: durationMs.optional() });
export const AudioMetadata = z.strictObject({ ...media, duration_ms: durationMs.optional() });
export const FileMetadata = z.strictObject({ ...media, file_name: line(1, 255).optional() });

/** Metadata as members see it; what it holds depends on the message type. */
export const Metadata = z.record(z.string(), z.unknown()).meta({
  description:
    'By message type, as it was sent. Of a system message, what its sender did to the dialog: action is joined, left, ' +
    'added or removed (user_ids), role_changed (user_ids, role), renamed (name), described (description), pictured ' +
    '(avatar_url), settings_changed (settings), pinned or unpinned (message_id)',
});
export type Metadata = Readonly<Record<string, unknown>>;
