import { setTimeout as sleep } from 'node:timers/promises';
import { makeOutbox } from '#infrastructure/events/outbox.ts';
import { openDatabase } from '#infrastructure/postgres/database.ts';
import { happened } from '#shared/events/event.ts';
import { firstRow, statement } from '#shared/sql.ts';
import { AGGREGATES, Counted } from './tables.ts';

/** Changes aggregates and tells of it, until its starter goes away; `npm run chaos -- events` starts it. */

/** How many changes have been acknowledged since the last word of it. */
export type Acknowledged = { readonly acknowledged: number };

const [url = '', pauseMs = '0'] = process.argv.slice(2);
const LANES = 6;
const TELL_EVERY_MS = 20;
const AGAIN_AFTER_MS = 100;

const CHANGE = statement(
  'chaos.change',
  'UPDATE public.chaos_aggregates AS one SET number = one.number + 1 WHERE one.id = $1 RETURNING one.number',
);

process.on('disconnect', () => process.exit());
const database = openDatabase({ url, poolMax: LANES, applicationName: 'chaos-writer' });
const outbox = makeOutbox();
let acknowledged = 0;
setInterval(() => {
  process.send!({ acknowledged } satisfies Acknowledged);
  acknowledged = 0;
}, TELL_EVERY_MS);

async function change(): Promise<void> {
  const id = `aggregate-${1 + Math.floor(Math.random() * AGGREGATES)}`;
  await database.transaction(async (tx) => {
    const row = await firstRow<{ number: number }>(tx, CHANGE, [id]);
    await outbox.append(tx, { events: [happened(Counted, id, { number: row!.number })] });
  });
  acknowledged += 1;
}

await Promise.all(
  Array.from({ length: LANES }, async () => {
    for (;;) {
      const isDone = await change().then(
        () => true,
        () => false,
      );
      await sleep(isDone ? Number(pauseMs) : AGAIN_AFTER_MS);
    }
  }),
);
