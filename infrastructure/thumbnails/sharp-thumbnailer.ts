import type { Sharp } from 'sharp';
import type { Thumbnailer } from '#services/media/ports.ts';
import { AppError, invalid } from '#shared/errors.ts';

const SIDE_PIXELS_MAX = 320;
const WEBP_QUALITY = 75;
/** A phone's largest pictures have 50 megapixels. Beyond it a few kilobytes could ask for gigabytes of memory. */
const PIXELS_MAX = 50_000_000;
/** Pictures decoded at a time: each takes a core, and 200 MB at worst. */
const AT_ONCE_MAX = 1;
/** Pictures that wait. One takes some 50 ms, so the last has waited for seconds. */
const WAITING_MAX = 64;
/** A decoder that is lost in a picture is stopped after this, in seconds. */
const TIMEOUT_S = 10;

/**
 * Thumbnails by libvips, which works in threads of its own. It is loaded with the first picture: a process that gets none
 * keeps its 25 MB.
 */
export function makeSharpThumbnailer(): Thumbnailer {
  let load: Promise<(picture: Uint8Array) => Sharp> | undefined;
  let working = 0;
  /** Those who wait, in order; each is woken when it may begin. */
  const waiting: (() => void)[] = [];

  async function take(): Promise<void> {
    if (working < AT_ONCE_MAX) {
      working += 1;
      return;
    }
    if (waiting.length >= WAITING_MAX) throw new AppError('RETRY_LATER', { retryAfterS: 2 });
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  /** Hands the place on, or gives it back when nobody waits. */
  function give(): void {
    const next = waiting.shift();
    if (next === undefined) working -= 1;
    else next();
  }

  return {
    async make(picture) {
      const decode = await (load ??= loadSharp());
      await take();
      try {
        return await decode(picture)
          .autoOrient()
          .resize({ width: SIDE_PIXELS_MAX, height: SIDE_PIXELS_MAX, fit: 'inside', withoutEnlargement: true })
          .webp({ quality: WEBP_QUALITY })
          .timeout({ seconds: TIMEOUT_S })
          .toBuffer();
      } catch (error) {
        throw refusalOf(error);
      } finally {
        give();
      }
    },
  };
}

async function loadSharp() {
  const { default: sharp } = await import('sharp');
  sharp.cache(false);
  sharp.concurrency(1);
  // Only what we take: the other decoders of libvips, such as those of SVG and TIFF, are never reached.
  return (picture: Uint8Array) =>
    sharp(picture, { limitInputPixels: PIXELS_MAX, failOn: 'error', sequentialRead: true });
}

/** Whatever libvips says of a picture is the picture's fault; its words are for programmers. */
function refusalOf(error: unknown): AppError {
  const words = error instanceof Error ? error.message : '';
  if (/pixel limit/i.test(words)) return invalid('', `the picture has more than ${PIXELS_MAX / 1e6} million pixels`);
  return new AppError('VALIDATION_ERROR', {
    details: [{ path: '', message: 'the picture cannot be read' }],
    cause: error,
  });
}
