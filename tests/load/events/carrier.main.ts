import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPostgresBus } from '#infrastructure/events/postgres-bus.ts';
import { startRelay } from '#infrastructure/events/relay.ts';
import { type OpenDatabase, openDatabase } from '#infrastructure/postgres/database.ts';
import { makeLog } from '#infrastructure/process/log.ts';
import { statement, type Tx } from '#shared/sql.ts';
import { Meter } from '../measure.ts';
import { Carried, type Way } from './tables.ts';

/** Carries events to their effect, and measures how long each was under way; `npm run bench -- events` starts it. */

export type CarrierLoad = { readonly url: string; readonly way: Way };
export type ToCarrier = 'reset' | 'read' | 'end';
/** Events that have had their effect since the start. */
export type Progress = { readonly effects: number };

const TELL_EVERY_MS = 20;
const QUEUE_BATCH_MAX = 200;
const QUEUE_REST_MS = 5;
/** Groups beside it that want other types, as many as the product has. */
const BYSTANDERS = 7;

const EFFECT = statement(
  'bench.effect',
  'INSERT INTO public.bench_effects (event_id, at_ms) SELECT * FROM unnest($1::uuid[], $2::double precision[])',
);
const TAKE = statement(
  'bench.take',
  `DELETE FROM public.bench_queue WHERE position IN (
     SELECT position FROM public.bench_queue ORDER BY position LIMIT ${QUEUE_BATCH_MAX} FOR UPDATE SKIP LOCKED
   ) RETURNING event_id AS id, (data->>'at_ms')::double precision AS at_ms`,
);

type Effect = { readonly id: string; readonly at_ms: number };

// Whoever started it is gone.
process.on('disconnect', () => process.exit());
const [{ url, way }] = (await once(process, 'message')) as [CarrierLoad];
const database = openDatabase({ url, poolMax: 8, applicationName: 'bench-carrier' });
const meter = new Meter();
let effects = 0;

async function writeEffects(tx: Tx, what: readonly Effect[]): Promise<void> {
  await tx.rows(EFFECT, [what.map(({ id }) => id), what.map(({ at_ms }) => at_ms)]);
}

function committed(what: readonly Effect[]): void {
  effects += what.length;
  for (const { at_ms } of what) meter.done(at_ms - performance.timeOrigin);
}

/** The product's relay, log and groups, one of which writes the effects. They count once their transaction is committed. */
function carryThroughLog(): () => Promise<void> {
  let underWay: readonly Effect[] = [];
  const noting: OpenDatabase = {
    ...database,
    transaction: async (work) => {
      const result = await database.transaction(work);
      committed(underWay);
      underWay = [];
      return result;
    },
  };
  const log = makeLog('bench-carrier', 'warn');
  const bus = openPostgresBus({ database: noting, log });
  bus.subscribe({
    group: 'effects',
    types: [Carried.type],
    handle: async (events, tx) => {
      const what = events.map(({ id, data }) => ({ id, at_ms: Number(data['at_ms']) }));
      await writeEffects(tx, what);
      underWay = what;
    },
  });
  for (let number = 0; number < BYSTANDERS; number += 1) {
    bus.subscribe({ group: `bystander-${number}`, types: ['bench.other'], handle: () => Promise.resolve() });
  }
  const relay = startRelay({ database, log, onMoved: () => undefined });
  return async () => {
    await relay.stop();
    await bus.close();
  };
}

/** The least that gives an event one effect: a row is deleted in the transaction of its effect. */
function carryThroughQueue(): () => Promise<void> {
  let isOver = false;
  const turn = async (): Promise<number> => {
    let what: Effect[] = [];
    await database.transaction(async (tx) => {
      what = await tx.rows<Effect>(TAKE);
      if (what.length > 0) await writeEffects(tx, what);
    });
    committed(what);
    return what.length;
  };
  const running = (async () => {
    while (!isOver) {
      if ((await turn()) < QUEUE_BATCH_MAX) await sleep(QUEUE_REST_MS);
    }
  })();
  return async () => {
    isOver = true;
    await running;
  };
}

const stop = way === 'outbox' ? carryThroughLog() : carryThroughQueue();
const telling = setInterval(() => process.send!({ effects } satisfies Progress), TELL_EVERY_MS);
process.on('message', (told: ToCarrier) => {
  if (told === 'reset') meter.reset();
  if (told === 'read') process.send!(meter.read());
  if (told === 'end') void end();
});

async function end(): Promise<void> {
  clearInterval(telling);
  await stop();
  await database.close();
  process.disconnect();
}
