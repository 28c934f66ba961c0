import { expect, test } from 'vitest';
import { searchQuery, searchWords } from './search-words.ts';

test('what holds no word asks for nothing', () => {
  expect(searchQuery('')).toBeUndefined();
  expect(searchQuery(' !? & | ')).toBeUndefined();
});

test('quotes and operators that people type are words or nothing, never syntax', () => {
  expect(searchQuery(`o'neil & !x`)).toBe(`'o''neil' & 'x':*`);
  expect(searchQuery('a\\b')).toBe(`'a' & 'b':*`);
});

test('Thai is split into words, and its vowels stay', () => {
  expect(searchWords('กาแฟคั่วบด')).toEqual(expect.arrayContaining(['กาแฟ']));
});

test('Vietnamese is found with and without its marks', () => {
  expect(searchWords('Cà phê sữa ĐÁ')).toEqual(['ca', 'phe', 'sua', 'da']);
  expect(searchWords('ca phe sua da')).toEqual(searchWords('Cà phê sữa đá'));
});

test('a word counts once', () => {
  expect(searchWords('Fish fish FISH')).toEqual(['fish']);
});
