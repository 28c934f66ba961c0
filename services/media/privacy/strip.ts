import type { MediaType } from '#shared/contracts/media.ts';
import { invalid } from '#shared/errors.ts';
import { stripFilm } from './film.ts';
import { stripGif } from './gif.ts';
import { stripJpeg } from './jpeg.ts';
import { stripPng } from './png.ts';
import { stripWebp } from './webp.ts';

const STRIP: { readonly [Type in MediaType]?: (bytes: Uint8Array) => Uint8Array | undefined } = {
  'image/jpeg': stripJpeg,
  'image/png': stripPng,
  'image/webp': stripWebp,
  'image/gif': stripGif,
  'video/mp4': stripFilm,
  'video/quicktime': stripFilm,
  'audio/mp4': stripFilm,
};

/**
 * A file without what pictures and films tell beside what they show: place, camera, names, edits. Nothing is coded anew,
 * and a file that tells nothing stays as it is, byte for byte.
 *
 * @throws {AppError} VALIDATION_ERROR when it breaks off
 */
export function strip(type: MediaType, bytes: Uint8Array): Uint8Array {
  const stripped = (STRIP[type] ?? ((whole) => whole))(bytes);
  if (stripped === undefined) throw invalid('', 'the file is not whole');
  return stripped;
}
