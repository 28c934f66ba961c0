import { openPostgresBus } from '#infrastructure/events/postgres-bus.ts';
import { startRelay } from '#infrastructure/events/relay.ts';
import { openDatabase } from '#infrastructure/postgres/database.ts';
import { makeLog } from '#infrastructure/process/log.ts';
import { AppError } from '#shared/errors.ts';
import type { Consumer } from '#shared/events/bus.ts';
import type { StoredEvent } from '#shared/events/event.ts';
import { type Sql, statement } from '#shared/sql.ts';
import { Counted, GROUPS } from './tables.ts';

/** A relay, or a process with every consumer group, until its starter goes away; `npm run chaos -- events` starts it. */

const [role, url = ''] = process.argv.slice(2);
/** How often the flaky group fails for no reason. */
const FAILS = 0.02;

process.on('disconnect', () => process.exit());
const database = openDatabase({ url, poolMax: 8, applicationName: `chaos-${role}` });
const log = makeLog('chaos', 'silent');

const EFFECTS = Object.fromEntries(
  GROUPS.map((group) => [
    group,
    statement(
      `chaos.${group}`,
      `INSERT INTO public.chaos_${group} (event_id, aggregate_id, number)
       SELECT told.id, told.aggregate_id, told.number
       FROM unnest($1::uuid[], $2::text[], $3::integer[]) WITH ORDINALITY AS told (id, aggregate_id, number, place)
       ORDER BY told.place ON CONFLICT DO NOTHING`,
    ),
  ]),
);

async function write(sql: Sql, group: string, events: readonly StoredEvent[]): Promise<void> {
  await sql.rows(EFFECTS[group]!, [
    events.map(({ id }) => id),
    events.map(({ aggregateId }) => aggregateId),
    events.map(({ data }) => data['number']),
  ]);
}

function failNowAndThen(): void {
  const chance = Math.random();
  if (chance < FAILS / 2) throw new AppError('UPSTREAM_UNAVAILABLE');
  if (chance < FAILS) throw new Error('planted');
}

const HANDLERS: Readonly<Record<(typeof GROUPS)[number], Consumer['handle']>> = {
  inside: (events, tx) => write(tx, 'inside', events),
  // On a connection of its own, which commits whatever becomes of the group's transaction.
  elsewhere: (events) => write(database, 'elsewhere', events),
  flaky: async (events, tx) => {
    failNowAndThen();
    await write(tx, 'flaky', events);
    failNowAndThen();
  },
};

if (role === 'relay') startRelay({ database, log, onMoved: () => undefined });
else {
  const bus = openPostgresBus({ database, log });
  for (const group of GROUPS) bus.subscribe({ group, types: [Counted.type], handle: HANDLERS[group] });
}
