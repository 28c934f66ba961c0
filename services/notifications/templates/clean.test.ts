import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { cut, lines, oneLine, withoutLinks } from './clean.ts';

test.each([
  ['a\r\nBcc: everyone@example.com', 'a Bcc: everyone@example.com'],
  ['a\u2028b\u2029c\u0085d\u0000e', 'a b c d e'],
  ['\u202Egnp.exe\u202C', 'gnp.exe'],
  ['\u2066x\u2069\u200E\u200F\u061C', 'x'],
  ['  two   spaces \t', 'two spaces'],
  ['soft\u00ADhyphen\uFEFF', 'softhyphen'],
  ['tag\u{E0041}s', 'tags'],
  ['a\u0301', 'á'],
  ['half \uD800', 'half \uFFFD'],
  // Families are joined, and Indic and Thai words are written, with what is not seen.
  ['👨‍👩‍👧 กำ', '👨‍👩‍👧 กำ'],
])('%j becomes the line %j', (text, line) => {
  expect(oneLine(text)).toBe(line);
});

test('lines stay lines, with one empty one between at most', () => {
  expect(lines(' one \r\ntwo\n\n\n\nthree\u202E\n')).toBe('one\ntwo\n\nthree');
});

test.each([
  ['https://evil.example/login', 'evil. example/login'],
  ['Visit evil.com now', 'Visit evil. com now'],
  ['ร้าน.ไทย', 'ร้าน. ไทย'],
  ['JAVASCRIPT://x', 'x'],
  ['Pixel 9, Tchat 3.2', 'Pixel 9, Tchat 3.2'],
  ['J.P. Tan', 'J.P. Tan'],
  ['Mr. Tan', 'Mr. Tan'],
])('%j leads nowhere as %j', (text, plain) => {
  expect(withoutLinks(text)).toBe(plain);
});

test.each([
  ['short', 10, Infinity, 'short'],
  ['exactly 10', 10, Infinity, 'exactly 10'],
  ['exactly 10!', 10, Infinity, 'exactly 1…'],
  ['นํ้าใจ', 3, Infinity, 'นํ้า…'],
  ['👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧', 2, Infinity, '👨‍👩‍👧…'],
  ['one two', 5, Infinity, 'one…'],
  ['กกกก', 10, 10, 'กก…'],
])('%j in %i characters and %d bytes is %j', (text, characters, bytes, shown) => {
  expect(cut(text, characters, bytes)).toBe(shown);
});

test('a cut text is never longer than it may be, and begins as it did', () => {
  const texts = fc.string({ unit: 'grapheme', maxLength: 60 });
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 3, max: 90 }), (text, characters, bytes) => {
      const shown = cut(text, characters, bytes);
      expect(Buffer.byteLength(shown)).toBeLessThanOrEqual(Math.max(bytes, 3));
      expect([...new Intl.Segmenter('en').segment(shown)].length).toBeLessThanOrEqual(characters);
      if (shown !== text) expect(text.startsWith(shown.slice(0, -1))).toBe(true);
    }),
  );
});
