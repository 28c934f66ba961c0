import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { checkCatalogue } from '#services/notifications/templates/check/check-catalogue.ts';
import { faultText } from '#services/notifications/templates/check/fault.ts';
import { SHEETS } from '#services/notifications/templates/sheet.ts';

test('what people are told is complete and right in every language, and its versions are kept', () => {
  expect(checkCatalogue().map(faultText)).toEqual([]);
});

test.each(SHEETS)('$file says what people are told', async ({ file, text }) => {
  const written = await readFile(new URL(`../../${file}`, import.meta.url), 'utf8');
  expect(written, 'run: npm run templates -- docs').toBe(text());
});
