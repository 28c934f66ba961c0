import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SECOND } from '#shared/time.ts';
import { countryLimit, RATE_RULES } from './rate-classes.ts';

const DOCS = new URL('../../docs/for-app-developers.md', import.meta.url);

test('the table in the docs says what the rules say', () => {
  const rows = readFileSync(DOCS, 'utf8')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter(([, name = '']) => Object.keys(RATE_RULES).some((known) => name === `\`${known}\``));
  const number = (value: number) => value.toLocaleString('en');
  const expected = Object.entries(RATE_RULES).map(([name, rule]) => [
    `\`${name}\``,
    number(rule.perUser),
    number(rule.perAddress),
    number(rule.perCountry),
    `${rule.windowMs / SECOND} s`,
    rule.counting,
    rule.whenAway === 'refuse' ? 'refused' : 'admitted',
  ]);
  expect(rows.map((cells) => [...cells.slice(1, 2), ...cells.slice(3, 9)])).toEqual(expected);
});

test('what moves money or gives out codes is counted exactly, and refused while nobody counts', () => {
  for (const name of ['otp', 'money'] as const) {
    expect(RATE_RULES[name]).toMatchObject({ counting: 'exact', whenAway: 'refuse' });
  }
  for (const name of ['read', 'write'] as const) expect(RATE_RULES[name].whenAway).toBe('admit');
});

test('a country has the budget of its class unless operators set another', () => {
  expect(countryLimit('money', 'TH', {})).toBe(RATE_RULES.money.perCountry);
  expect(countryLimit('money', 'ID', { 'ID.money': 7 })).toBe(7);
  expect(countryLimit('read', 'ID', { 'ID.money': 7 })).toBe(RATE_RULES.read.perCountry);
});
