import type { Client } from 'pg';
import { postgresMessages } from '#services/messaging/store/postgres-messages.ts';
import type { Database } from '#shared/sql.ts';
import { message } from '#tests/integration/messaging/store-bench.ts';
import { type Bench, type Contender, kept } from '../bench.ts';
import { Meter } from '../measure.ts';
import { openStore } from '../open-store.ts';
import { openTalk, type Talk } from '../open-talk.ts';

/** Dialogs that speak at the same time, so that neighbours in the table are not neighbours in an index. */
const DIALOGS = 2_000;
const MESSAGES = 400_000;
const BATCHES_AT_ONCE = 2;
/** A sealed text of some hundred characters. */
const TEXT = 'x'.repeat(130);
const PURGED_AT_ONCE = 500;
const SIZES = `SELECT relations.relname AS name, pg_relation_size(relations.oid)::float8 AS bytes
  FROM pg_class AS relations
  LEFT JOIN pg_index ON pg_index.indexrelid = relations.oid
  WHERE relations.oid = 'messaging.messages'::regclass OR pg_index.indrelid = 'messaging.messages'::regclass`;
const WAL = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 AS bytes";

/**
 * What the table of messages costs in Postgres a message: on disk, in the write-ahead log, when it is deleted, and when it
 * is vacuumed. Each contender works on what the one before has left; one round.
 */
export const messageTableBench: Bench = {
  name: 'message-table',
  says: 'what a message costs in Postgres: bytes on disk by index, write-ahead log, deletion and vacuum',
  prepare: async () => {
    await using resources = new AsyncDisposableStack();
    const { database, owner } = await openStore(resources);
    const talks: Talk[] = [];
    while (talks.length < DIALOGS) talks.push(await openTalk(database));
    // The two that autovacuum would do at a time of its own.
    await owner.query('ALTER TABLE messaging.messages SET (autovacuum_enabled = off)');
    return {
      contenders: [appending(database, owner, talks), purging(database, owner, talks), vacuuming(owner)],
      comparisons: [],
      ...kept(resources),
    };
  },
};

function appending(database: Database, owner: Client, talks: readonly Talk[]): Contender {
  return {
    name: 'appending',
    run: async () => {
      const meter = new Meter();
      const before = await walBytes(owner);
      let made = 0;
      const worker = async () => {
        while (made < MESSAGES) {
          const batch = Array.from({ length: postgresMessages.batchMax }, () => {
            made += 1;
            const { id, sender } = talks[Math.floor(Math.random() * talks.length)]!;
            return message(id, sender, `client-id-of-36-characters-${String(made).padStart(9, '0')}`, '', {
              body: Buffer.from(TEXT),
            });
          });
          const startedAt = performance.now();
          await postgresMessages.append(database, batch);
          for (const _ of batch) meter.done(startedAt);
        }
      };
      await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, worker));
      const measured = meter.read();
      const written = (await walBytes(owner)) - before;
      const sizes = await owner.query<{ name: string; bytes: number }>(SIZES);
      const bytes = sizes.rows.map(({ name, bytes: size }) => [`bytes a message, ${name}`, size / made] as const);
      return {
        ...measured,
        figures: { 'bytes a message, write-ahead log': written / made, ...Object.fromEntries(bytes) },
      };
    },
  };
}

/** Half of the dialogs, all of what they said. */
function purging(database: Database, owner: Client, talks: readonly Talk[]): Contender {
  return {
    name: 'purging',
    run: async () => {
      const meter = new Meter();
      const before = await walBytes(owner);
      let purged = 0;
      for (const { id } of talks.slice(0, DIALOGS / 2)) {
        for (let isMore = true; isMore;) {
          const startedAt = performance.now();
          const step = await postgresMessages.purge(database, id, null, PURGED_AT_ONCE, () => Promise.resolve());
          for (let nth = 0; nth < step.count; nth += 1) meter.done(startedAt);
          purged += step.count;
          isMore = step.isMore;
        }
      }
      const written = (await walBytes(owner)) - before;
      return { ...meter.read(), figures: { 'bytes a message, write-ahead log': written / purged } };
    },
  };
}

function vacuuming(owner: Client): Contender {
  return {
    name: 'vacuuming',
    run: async () => {
      const meter = new Meter();
      const before = await walBytes(owner);
      const startedAt = performance.now();
      await owner.query('VACUUM (INDEX_CLEANUP ON, TRUNCATE OFF) messaging.messages');
      meter.done(startedAt);
      const seconds = (performance.now() - startedAt) / 1_000;
      const again = performance.now();
      await owner.query('VACUUM messaging.messages');
      return {
        ...meter.read(),
        figures: {
          'dead rows a second': MESSAGES / 2 / seconds,
          'bytes a dead row, write-ahead log': ((await walBytes(owner)) - before) / (MESSAGES / 2),
          'ms when nothing is dead': performance.now() - again,
        },
      };
    },
  };
}

async function walBytes(owner: Client): Promise<number> {
  return (await owner.query<{ bytes: number }>(WAL)).rows[0]!.bytes;
}
