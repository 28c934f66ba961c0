import { randomUUID, randomUUIDv7 } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeOutbox } from '#infrastructure/events/outbox.ts';
import { openDatabase } from '#infrastructure/postgres/database.ts';
import { happened } from '#shared/events/event.ts';
import { statement, type Tx } from '#shared/sql.ts';
import { Carried, type Way } from './tables.ts';

/** Writes events until told to end; `npm run bench -- events` starts it. */

export type WriterLoad = {
  readonly url: string;
  readonly way: Way;
  readonly eventsPerTransaction: number;
  /** Transactions under way at a time. */
  readonly lanes: number;
  /** Events; nothing is written while so many have had no effect yet. */
  readonly outstandingMax: number;
  /** Events; as many as can be when not said. */
  readonly perSecond?: number;
};

export type Written = { readonly written: number; readonly failed: number };

/** What the benchmark says: how many events have had their effect so far, or that it is enough. */
export type ToWriter = { readonly effects: number } | 'end';

/** Aggregates that events are of. */
const AGGREGATES = Array.from({ length: 500 }, () => randomUUID());
const BODY = 'x'.repeat(150);
const LOOK_EVERY_MS = 2;

const QUEUE = statement(
  'bench.queue',
  `INSERT INTO public.bench_queue (event_id, type, version, aggregate_id, data)
   SELECT * FROM unnest($1::uuid[], $2::text[], $3::smallint[], $4::text[], $5::jsonb[])`,
);

// Whoever started it is gone.
process.on('disconnect', () => process.exit());
const [load] = (await once(process, 'message')) as [WriterLoad];
const { way, eventsPerTransaction, lanes, outstandingMax, perSecond } = load;
const database = openDatabase({ url: load.url, poolMax: lanes, applicationName: 'bench-writer' });
const outbox = makeOutbox();
let [due, written, failed, effects, isOver] = [0, 0, 0, 0, false];
process.on('message', (told: ToWriter) => {
  if (told === 'end') isOver = true;
  else effects = told.effects;
});

async function write(tx: Tx): Promise<void> {
  const at_ms = performance.timeOrigin + performance.now();
  const events = Array.from({ length: eventsPerTransaction }, (_, index) =>
    happened(Carried, AGGREGATES[(due + index) % AGGREGATES.length]!, { at_ms, body: BODY }),
  );
  if (way === 'outbox') return await outbox.append(tx, { events });
  await tx.rows(QUEUE, [
    events.map(() => randomUUIDv7()),
    events.map(({ type }) => type),
    events.map(({ version }) => version),
    events.map(({ aggregateId }) => aggregateId),
    events.map(({ data }) => JSON.stringify(data)),
  ]);
}

const startedAt = performance.now();

/** Whether one more transaction is due. */
function mayWrite(): boolean {
  if (due - effects >= outstandingMax) return false;
  return perSecond === undefined || due <= ((performance.now() - startedAt) / 1000) * perSecond;
}

await Promise.all(
  Array.from({ length: lanes }, async () => {
    while (!isOver) {
      if (!mayWrite()) {
        await sleep(LOOK_EVERY_MS);
        continue;
      }
      due += eventsPerTransaction;
      await database.transaction(write).then(
        () => (written += eventsPerTransaction),
        () => (failed += eventsPerTransaction),
      );
    }
  }),
);
await database.close();
process.send!({ written, failed } satisfies Written);
process.disconnect();
