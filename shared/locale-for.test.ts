import { expect, test } from 'vitest';
import { localeFor } from './locale-for.ts';

test.each([
  ['th', 'SG', 'th'],
  ['TH-th', 'SG', 'th'],
  ['tl', 'PH', 'fil'],
  ['fil-PH', 'SG', 'fil'],
  ['in-ID', 'SG', 'id'],
  ['zsm', 'SG', 'ms'],
  ['fr', 'VN', 'vi'],
  ['zh-Hant', 'SG', 'en'],
  ['constructor', 'TH', 'th'],
  ['', 'ID', 'id'],
] as const)('a phone in %s, in %s, reads %s', (tag, country, locale) => {
  expect(localeFor(tag, country)).toBe(locale);
});
