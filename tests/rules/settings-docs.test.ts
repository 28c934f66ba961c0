import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { settingsTable } from '#infrastructure/config/settings-table.ts';

test('the documented settings are the settings', async () => {
  const page = await readFile(new URL('../../docs/settings.md', import.meta.url), 'utf8');
  expect(page, 'run: node infrastructure/config/write-settings.main.ts').toContain(settingsTable());
});
