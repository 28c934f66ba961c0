import sharp from 'sharp';
import { expect, test } from 'vitest';
import { makeSharpThumbnailer } from './sharp-thumbnailer.ts';

const create = { width: 400, height: 200, channels: 3, background: '#2a7' } as const;

test('pictures beyond those that may wait are put off, and the others are drawn in turn', async () => {
  const thumbnailer = makeSharpThumbnailer();
  const picture = await sharp({ create }).png().toBuffer();
  const outcomes = await Promise.allSettled(Array.from({ length: 70 }, () => thumbnailer.make(picture)));
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(refused.map(({ reason }) => (reason as { code: string }).code)).toEqual(
    Array.from({ length: 5 }, () => 'RETRY_LATER'),
  );
  expect(await sharp(await thumbnailer.make(picture)).metadata()).toMatchObject({
    format: 'webp',
    width: 320,
    height: 160,
  });
});

test('a picture that cannot be drawn holds up nobody', async () => {
  const thumbnailer = makeSharpThumbnailer();
  for (let times = 0; times < 3; times++) {
    await expect(thumbnailer.make(Buffer.from('no picture'))).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  }
  const picture = await sharp({ create }).jpeg().toBuffer();
  expect((await thumbnailer.make(picture)).length).toBeGreaterThan(0);
});
