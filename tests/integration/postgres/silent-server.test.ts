import { expect, test } from 'vitest';
import { openDatabase } from '#infrastructure/postgres/database.ts';
import { statement } from '#shared/sql.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { openProxy } from '../gateway/freezing-proxy.ts';

const ONE = statement('tests.one', 'SELECT 1 AS one');
const AWAY = { code: 'UPSTREAM_UNAVAILABLE' };

test('a server that has fallen silent costs a call its time and no more, and is used again when it speaks', async () => {
  await using db = await freshDatabase();
  await using proxy = await openProxy(db.url);
  const database = openDatabase({ url: proxy.url, poolMax: 2, applicationName: 'test', answerWithinMs: 200 });
  try {
    expect(await database.rows(ONE)).toEqual([{ one: 1 }]);
    const cutOff = database.transaction(async (tx) => {
      await tx.rows(ONE);
      proxy.freeze();
      return await tx.rows(ONE);
    });
    await expect(cutOff).rejects.toMatchObject(AWAY);
    await expect(database.rows(ONE)).rejects.toMatchObject(AWAY);
    proxy.thaw();
    expect(await database.rows(ONE)).toEqual([{ one: 1 }]);
    expect(await database.transaction((tx) => tx.rows(ONE))).toEqual([{ one: 1 }]);
  } finally {
    await database.close();
  }
});
