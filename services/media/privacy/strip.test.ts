import sharp from 'sharp';
import { expect, test } from 'vitest';
import { film, picture, telling } from '#tests/integration/media/samples.ts';
import { boxesAt } from '../content/iso-media.ts';
import { strip } from './strip.ts';

/** What was written into the pictures, and must not be found in them. */
const SECRETS = ['Secret camera', 'Canon', 'Nok', 'GPS'];

const FORMATS = ['jpeg', 'png', 'webp'] as const;

test.each(['jpeg', 'png', 'webp', 'gif'] as const)(
  'a %s that tells nothing stays as it is, to the byte',
  async (format) => {
    const bytes = await picture(format);
    expect(Buffer.compare(strip(`image/${format}`, bytes), bytes)).toBe(0);
  },
);

test.each(FORMATS)('a %s does not tell where it was taken, and by whom', async (format) => {
  const bytes = await telling(format);
  expect((await sharp(bytes).metadata()).exif?.toString('latin1')).toContain('Secret camera');
  const stripped = Buffer.from(strip(`image/${format}`, bytes));
  expect(SECRETS.filter((secret) => stripped.includes(secret))).toEqual([]);
  const { exif, xmp, iptc, comments } = await sharp(stripped).metadata();
  expect((exif?.length ?? 0) < 40).toBe(true);
  expect([xmp, iptc, comments]).toEqual([undefined, undefined, undefined]);
});

test.each(FORMATS)('a %s shows the same, the same way up', async (format) => {
  const bytes = await telling(format);
  const shown = (of: Uint8Array) => sharp(of).autoOrient().raw().toBuffer({ resolveWithObject: true });
  const [before, after] = [await shown(bytes), await shown(strip(`image/${format}`, bytes))];
  // PNG has its Exif data for cataloguing: viewers show it as it lies, and without them so does the library.
  if (format !== 'png') expect(after.info).toMatchObject({ width: before.info.width, height: before.info.height });
  expect(after.data.length).toBe(before.data.length);
  if (format !== 'png') expect(Buffer.compare(before.data, after.data)).toBe(0);
});

test('stripping what was stripped changes nothing', async () => {
  for (const format of FORMATS) {
    const once = strip(`image/${format}`, await telling(format));
    expect(Buffer.compare(strip(`image/${format}`, once), once)).toBe(0);
  }
});

test('what phones append behind a picture goes', async () => {
  for (const format of ['jpeg', 'png', 'gif'] as const) {
    const bytes = await picture(format);
    const stripped = strip(`image/${format}`, Buffer.concat([bytes, Buffer.from('a film of the moment')]));
    expect(Buffer.compare(stripped, bytes)).toBe(0);
  }
});

test('comments and other programs’ words in a GIF go, and its looping stays', async () => {
  const plain = await picture('gif');
  const loop = Buffer.from('\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0', 'latin1');
  const comment = Buffer.from('\x21\xfe\x0aby Nok 081\0', 'latin1');
  const xmp = Buffer.from('\x21\xff\x0bXMP DataXMP\x04<x/>\0', 'latin1');
  const headEnd = 13 + 3 * 2 ** ((plain[10]! & 7) + 1);
  const [head, tail] = [plain.subarray(0, headEnd), plain.subarray(headEnd)];
  const stripped = strip('image/gif', Buffer.concat([head, loop, comment, xmp, tail]));
  expect(Buffer.compare(stripped, Buffer.concat([head, loop, tail]))).toBe(0);
});

test('a progressive JPEG, with several scans, stays whole', async () => {
  const bytes = await sharp(await picture('png', 256))
    .jpeg({ progressive: true })
    .toBuffer();
  expect(Buffer.compare(strip('image/jpeg', bytes), bytes)).toBe(0);
});

test('a moving picture keeps moving', async () => {
  const frames = await Promise.all([1, 2, 3].map((shade) => sharp(square(shade)).png().toBuffer()));
  for (const format of ['gif', 'webp'] as const) {
    const moving = await sharp(frames, { join: { animated: true } })
      .toFormat(format)
      .toBuffer();
    expect((await sharp(strip(`image/${format}`, moving), { animated: true }).metadata()).pages).toBe(3);
  }
});

function square(shade: number) {
  return { create: { width: 16, height: 16, channels: 3, background: { r: shade * 60, g: 0, b: 0 } } } as const;
}

test('a film does not tell where it was taken, and nothing in it moves', () => {
  const bytes = film({ place: '+13.7563+100.5018/' });
  const stripped = Buffer.from(strip('video/mp4', bytes));
  expect(stripped.includes('+13.7563')).toBe(false);
  expect(stripped.length).toBe(bytes.length);
  expect([...boxesAt(stripped, ['mdat'])]).toEqual([...boxesAt(bytes, ['mdat'])]);
  expect([...boxesAt(stripped, ['moov', 'free'])]).toHaveLength(1);
  expect(strip('video/mp4', film())).toEqual(film());
});

test('a picture that breaks off is refused at whatever place', async () => {
  for (const format of ['jpeg', 'png', 'webp', 'gif'] as const) {
    const bytes = await picture(format, 16);
    for (let size = 20; size < bytes.length; size++) {
      expect(() => strip(`image/${format}`, bytes.subarray(0, size)), `${format} ${size}`).toThrow();
    }
  }
});
