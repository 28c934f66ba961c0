import { expect, test } from 'vitest';
import { digits, foundIn, needle } from './forms.ts';

const PLAIN = 'ฝากไว้ under the frog & co';
const planted = needle('it', PLAIN);

test.each([
  ['as it is', `say ${PLAIN}!`],
  ['in JSON', JSON.stringify({ said: PLAIN })],
  ['in a URL', new URL(`http://host/?q=${encodeURIComponent(PLAIN)}`).href],
  ['in a form', new URLSearchParams({ q: PLAIN }).toString()],
  ['in hexadecimal', Buffer.from(`xx${PLAIN}yy`).toString('hex')],
  ...[0, 1, 2, 3, 4, 5].flatMap((before): [string, string][] => {
    const bytes = Buffer.from(`${'x'.repeat(before)}${PLAIN}${'y'.repeat(before % 4)}`);
    return [
      [`in Base64 after ${before} bytes`, bytes.toString('base64')],
      [`in Base64 for URLs after ${before} bytes`, bytes.toString('base64url')],
    ];
  }),
])('a planted text is found %s', (_, text) => {
  expect(foundIn(text, [planted])).toEqual(['it']);
});

test('what was not planted is not found', () => {
  expect(foundIn('under the frog', [planted])).toEqual([]);
});

test('digits are found on their own and encoded, and not in the middle of a time or an id', () => {
  const code = digits('a code', '482913');
  for (const text of ['code 482913', '"482913"', 'code=482913&', Buffer.from('a 482913 b').toString('base64')]) {
    expect([text, foundIn(text, [code])]).toEqual([text, ['a code']]);
  }
  for (const text of ['09:14:02.482913+00', '0b482913-ac96', '1482913', '4829130']) {
    expect([text, foundIn(text, [code])]).toEqual([text, []]);
  }
});
