import { expect, test } from 'vitest';
import { landedMigrations, presentMigrations, tampered } from './landed-migrations.ts';

const LAND = 'run: node tests/rules/land-migrations.main.ts';

test('an edit of a migration that has landed, and its removal, are seen; a new one is neither', () => {
  const landed = { 'a/0001_one.sql': '1', 'a/0002_two.sql': '2' };
  expect(tampered(landed, { ...landed, 'a/0003_three.sql': '3' })).toEqual([]);
  expect(tampered(landed, { 'a/0001_one.sql': 'another' })).toEqual([
    'a/0001_one.sql was edited: write the next one instead',
    'a/0002_two.sql is gone: a migration that has landed stays',
  ]);
});

test('no migration that has landed was edited or removed: databases have it as it was', async () => {
  expect(tampered(await landedMigrations(), await presentMigrations())).toEqual([]);
});

test('every migration has landed', async () => {
  const [landed, present] = [await landedMigrations(), await presentMigrations()];
  expect(
    Object.keys(present).filter((path) => landed[path] === undefined),
    LAND,
  ).toEqual([]);
});
