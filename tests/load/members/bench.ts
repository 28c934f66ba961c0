import type { Client } from 'pg';
import { postgresMessages } from '#services/messaging/store/postgres-messages.ts';
import type { Database } from '#shared/sql.ts';
import { message } from '#tests/integration/messaging/store-bench.ts';
import { type Bench, type Contender, kept } from '../bench.ts';
import { Meter } from '../measure.ts';
import { openStore } from '../open-store.ts';
import { openTalk, type Talk } from '../open-talk.ts';

/** Members of a dialog: two people, a group, the largest group, a channel. */
const SIZES = [2, 100, 1_000, 10_000] as const;
const DIALOGS = 5;
const MESSAGES = 20_000;
/** A sealed text of some hundred characters. */
const TEXT = 'x'.repeat(130);
const ON_DISK = 'bytes a message, on disk';
const IN_LOG = 'bytes a message, write-ahead log';

const STORED = `SELECT sum(pg_total_relation_size(pg_class.oid))::float8 AS bytes
  FROM pg_class JOIN pg_namespace ON pg_namespace.oid = pg_class.relnamespace
  WHERE pg_namespace.nspname IN ('messaging', 'events') AND pg_class.relkind = 'r'`;
const WRITTEN = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 AS bytes";

/**
 * What storing a message costs by how many are to read it. It must not grow with them: a message is a row for all, and
 * what each has read is one cursor a member.
 */
export const membersBench: Bench = {
  name: 'members',
  says: 'what storing a message costs in dialogs of 2 to 10,000 members: bytes on disk and in the log, messages/s',
  prepare: async () => {
    await using resources = new AsyncDisposableStack();
    const { database, owner } = await openStore(resources);
    const contenders: Contender[] = [];
    for (const size of SIZES) {
      const talks = await Promise.all(Array.from({ length: DIALOGS }, () => openTalk(database, size)));
      contenders.push({ name: nameOf(size), run: () => append(database, owner, talks) });
    }
    const [smallest, ...larger] = SIZES.map(nameOf);
    return {
      contenders,
      comparisons: larger.flatMap((ours) =>
        [ON_DISK, IN_LOG].map((figure) => ({ ours, baseline: smallest!, figure, aim: '1.00' })),
      ),
      ...kept(resources),
    };
  },
};

function nameOf(size: number): string {
  return `${size.toLocaleString('en')} members`;
}

async function append(database: Database, owner: Client, talks: readonly Talk[]) {
  const read = async (sql: string) => (await owner.query<{ bytes: number }>(sql)).rows[0]!.bytes;
  // Whole pages go to the log after a checkpoint; each contender begins with one, so that each pays for the same.
  await owner.query('CHECKPOINT');
  const [storedBefore, writtenBefore] = [await read(STORED), await read(WRITTEN)];
  const meter = new Meter();
  for (let made = 0; made < MESSAGES; made += postgresMessages.batchMax) {
    const batch = Array.from({ length: Math.min(postgresMessages.batchMax, MESSAGES - made) }, (_, nth) => {
      const { id, sender } = talks[nth % talks.length]!;
      return message(id, sender, crypto.randomUUID(), '', { body: Buffer.from(TEXT) });
    });
    const startedAt = performance.now();
    await postgresMessages.append(database, batch);
    for (const _ of batch) meter.done(startedAt);
  }
  const measured = meter.read();
  return {
    ...measured,
    figures: {
      [ON_DISK]: ((await read(STORED)) - storedBefore) / MESSAGES,
      [IN_LOG]: ((await read(WRITTEN)) - writtenBefore) / MESSAGES,
    },
  };
}
