import { expect, inject, test } from 'vitest';
import { makeCassandraLog } from '#infrastructure/message-store/cassandra/cassandra-log.ts';
import { openSession } from '#infrastructure/message-store/cassandra/session.ts';
import type { MessageLog } from '#services/messaging/store/log/message-log.ts';
import { makeLogMessages } from '#services/messaging/store/log/log-messages.ts';
import { AppError } from '#shared/errors.ts';
import { statement } from '#shared/sql.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { TEST_LAYOUT } from '#tests/harness/message-store.ts';
import { DATACENTER } from '#tests/harness/throwaway-cassandra.ts';
import { everything, message } from '#tests/integration/messaging/store-bench.ts';
import { World } from '#tests/integration/messaging/world.ts';

const SWEEPS = statement('', 'SELECT from_seq, to_seq FROM messaging.log_sweeps');
const nothing = () => Promise.resolve();

test('what a process purged and could not take out of the log is gone at once, and taken out by the next', async () => {
  await using db = await freshDatabase();
  await using session = await openSession({ contactPoints: [inject('cassandra')], localDatacenter: DATACENTER });
  const log = makeCassandraLog({ session, layout: TEST_LAYOUT, now: () => new Date() });
  const dying: MessageLog = { ...log, remove: () => Promise.reject(new AppError('UPSTREAM_UNAVAILABLE')) };
  const [store, broken] = [makeLogMessages(log), makeLogMessages(dying)];
  const world = new World(db.databases);
  const [ann, ben] = [world.person(), world.person()];
  const { id } = await world.group(ann, ben);
  await store.append(
    db.database,
    Array.from({ length: 9 }, (_, nth) => message(id, ann.userId, `c${nth}`, `m${nth + 1}`)),
  );
  await expect(broken.purge(db.database, id, null, 4, nothing)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  await expect(broken.purge(db.database, id, null, 4, nothing)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });

  expect(await db.database.rows(SWEEPS)).toEqual([{ from_seq: 1n, to_seq: 4n }]);
  expect(await log.range(id, 1n, 4n)).toHaveLength(4);
  expect((await everything(store, db.database, id)).map(({ seq }) => seq)).toEqual([5n, 6n, 7n, 8n, 9n]);
  expect(await store.bySeq(db.database, id, 4n)).toBeUndefined();
  // Whoever purges system messages, of whatever dialog, takes up what was left.
  await store.purgeSystem(db.database, new Date(0), 10, nothing);
  expect(await db.database.rows(SWEEPS)).toEqual([]);
  expect(await log.range(id, 1n, 9n)).toHaveLength(5);
});
