import { z } from 'zod';
import { MediaId } from '../../ids.ts';
import { characters, line } from './text.ts';

/** Labels that a client attaches to a text for its own use: at most 16 of them. They are encrypted with the text. */
export const TextMetadata = z
  .record(line(1, 64), z.union([characters(0, 500), z.number(), z.boolean()]))
  .refine((labels) => Object.keys(labels).length <= 16, 'must have at most 16 entries');

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
export const Metadata = z.record(z.string(), z.unknown());
export type Metadata = Readonly<Record<string, unknown>>;
