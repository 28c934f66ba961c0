import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { settingsOf } from './cluster-settings.ts';

const dataDir = join(tmpdir(), 'a-data-folder-that-nobody-made');

test('a database of one’s own needs its owner, or nothing could be migrated', async () => {
  await expect(settingsOf({ DATABASE_URL: 'postgres://there/db' }, dataDir)).rejects.toThrow(
    'DATABASE_OWNER_URL is not',
  );
});

test('files that people send are kept in the data folder, unless another is given', async () => {
  const own = await settingsOf({}, dataDir);
  expect([own.config.MEDIA_STORE, own.config.MEDIA_DIR]).toEqual(['disk', join(dataDir, 'media')]);
  expect((await settingsOf({ MEDIA_DIR: '/mnt/files' }, dataDir)).config.MEDIA_DIR).toBe('/mnt/files');
});
