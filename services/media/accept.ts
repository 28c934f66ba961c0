import type { MediaType, Purpose } from '#shared/contracts/media.ts';
import { AppError, invalid } from '#shared/errors.ts';
import { sniff } from './content/sniff.ts';
import { contradicts, isTakenFor } from './rules.ts';

const WANTED: Readonly<Record<Purpose, string>> = {
  message: 'Send a picture (JPEG, PNG, WebP, GIF), a film, a sound, a PDF, an office document, a ZIP or plain text',
  avatar: 'Send a JPEG, PNG, WebP or GIF picture',
  product: 'Send a JPEG, PNG, WebP or GIF picture',
  kyc: 'Send a JPEG, PNG or WebP picture, or a PDF',
};

/**
 * The type of a file that may be stored for a purpose.
 *
 * @param stated the Content-Type header: it decides nothing, but must not contradict what is there
 * @throws {AppError} VALIDATION_ERROR for an empty file, UNSUPPORTED_MEDIA_TYPE for one that is not taken
 */
export function accept(purpose: Purpose, bytes: Uint8Array, stated: string | undefined): MediaType {
  if (bytes.length === 0) throw invalid('', 'the body is empty: send the file as it is');
  const type = sniff(bytes);
  if (type === undefined || !isTakenFor(purpose, type)) {
    const message = type === undefined ? 'Files of this kind are not taken' : `${type} is not taken for this purpose`;
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', { message, details: WANTED[purpose] });
  }
  if (contradicts(stated, type)) {
    const details = 'Send it with its own Content-Type, or with application/octet-stream';
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', {
      message: `The file is ${type}, not what its Content-Type says`,
      details,
    });
  }
  return type;
}
