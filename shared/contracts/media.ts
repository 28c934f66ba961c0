import { z } from 'zod';
import { defineCall } from '../http/call.ts';
import { MediaId } from '../ids.ts';

/** What a file is for, which decides what may be sent and who may read it. */
export const PURPOSES = ['message', 'avatar', 'product', 'kyc'] as const;
export const Purpose = z.enum(PURPOSES);
export type Purpose = z.infer<typeof Purpose>;

/** The largest file: 10 MB. */
export const FILE_BYTES_MAX = 10 * 1024 * 1024;

/** Every media type that is taken for some purpose. A file of another type is refused, whatever it says that it is. */
export const MEDIA_TYPES = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/gif',
  'video/mp4',
  'video/quicktime',
  'video/webm',
  'audio/mpeg',
  'audio/mp4',
  'audio/aac',
  'audio/ogg',
  'audio/webm',
  'audio/wav',
  'application/pdf',
  'text/plain',
  'application/zip',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  'application/vnd.oasis.opendocument.text',
  'application/vnd.oasis.opendocument.spreadsheet',
  'application/vnd.oasis.opendocument.presentation',
  'application/msword',
  'application/vnd.ms-excel',
  'application/vnd.ms-powerpoint',
] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];

export const StoredMedia = z
  .object({
    media_id: MediaId,
    /** Our own media URL, relative to where the API is; also what `avatar_url` and the like take. */
    url: z.string(),
    mime_type: z.enum(MEDIA_TYPES),
    /** Bytes, and their SHA-256 in hexadecimal, as they are served: what a picture tells of its place is taken out. */
    size: z.number().int(),
    sha256: z.string(),
  })
  .meta({ id: 'Media' });
export type StoredMedia = z.input<typeof StoredMedia>;

export const uploadMedia = defineCall({
  name: 'uploadMedia',
  method: 'POST',
  path: '/media',
  summary: 'Store a file of at most 10 MB, sent as the raw body. Its type is found by its content',
  tag: 'messaging',
  access: 'user',
  query: z.strictObject({ purpose: Purpose }),
  answers: { 201: StoredMedia },
  refuses: ['RETRY_LATER'],
  idempotency: 'accepted',
  rate: 'upload',
  raw: true,
  upload: { bytesMax: FILE_BYTES_MAX, types: MEDIA_TYPES },
});

export const getMedia = defineCall({
  name: 'getMedia',
  method: 'GET',
  path: '/media/{id}',
  summary:
    'The file, or a small still picture of it. Avatars and products for everyone, message media for members of dialogs that it was sent to',
  tag: 'messaging',
  access: 'optional',
  params: z.object({ id: MediaId }),
  query: z.strictObject({ variant: z.enum(['thumb']).optional() }),
  answers: { 200: 'bytes', 206: 'bytes', 304: undefined },
  refuses: ['RANGE_NOT_SATISFIABLE'],
  rate: 'read',
});

/** Every HTTP call of media. */
export const mediaCalls = [uploadMedia, getMedia] as const;
