import { expect, test } from 'vitest';
import { holdsWords, wordsOf } from './words.ts';

test('signs, spaces and pictures are no words', () => {
  expect(wordsOf(' … 🎉 -- !?')).toEqual([]);
});

test.each([
  ['en', "Lunch at NOON, isn't it?", ['lunch', 'at', 'noon', "isn't", 'it']],
  ['vi', 'Đi ăn phở ở Hà Nội', ['di', 'an', 'pho', 'o', 'ha', 'noi']],
  ['id', 'Anak-anak makan nasi', ['anak', 'makan', 'nasi']],
  ['ms', 'Jumpa esok pukul 8', ['jumpa', 'esok', 'pukul', '8']],
  ['fil', 'Kumain ka na ba? Niño', ['kumain', 'ka', 'na', 'ba', 'nino']],
])('words of %s are cut and folded', (_language, text, words) => {
  expect(wordsOf(text)).toEqual(words);
});

test('Thai is cut without spaces, and keeps its vowels and tones', () => {
  expect(wordsOf('กินข้าวกลางวัน')).toEqual(['กิน', 'ข้าว', 'กลาง', 'วัน']);
  expect(holdsWords('ไปกินข้าวกัน', wordsOf('ข้าว'))).toBe(true);
  expect(holdsWords('ไปกินข้าวกัน', wordsOf('ขาว'))).toBe(false);
});

test('a decomposed letter is the same as a composed one', () => {
  expect(wordsOf('phở'.normalize('NFD'))).toEqual(wordsOf('phở'.normalize('NFC')));
});

test('every word must be there, and only the last may be a beginning', () => {
  const text = 'Meet me at the station tomorrow';
  expect(holdsWords(text, wordsOf('station meet'))).toBe(true);
  expect(holdsWords(text, wordsOf('meet stat'))).toBe(true);
  expect(holdsWords(text, wordsOf('stat meet'))).toBe(false);
  expect(holdsWords(text, wordsOf('ation'))).toBe(false);
  expect(holdsWords(text, [])).toBe(false);
});
