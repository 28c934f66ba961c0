import { Client } from 'pg';
import { z } from 'zod';
import type { Consumer } from '#shared/events/bus.ts';
import { defineEvent, happened, type NewEvent, type StoredEvent } from '#shared/events/event.ts';
import { type Database, type Tx, statement } from '#shared/sql.ts';
import type { FreshDatabase } from '#tests/harness/database.ts';

/** An event that is about nothing but itself. */
export const Counted = defineEvent('test.counted', 1, z.object({ writer: z.number(), number: z.number() }));

export function counted(aggregateId: string, writer: number, number: number): NewEvent {
  return happened(Counted, aggregateId, { writer, number });
}

/** Writes events in a transaction of their own. */
export async function write(db: FreshDatabase, events: readonly NewEvent[]): Promise<void> {
  await db.database.transaction((tx) => db.outbox.append(tx, { events }));
}

/** A consumer that remembers what it was handed. */
export function collector(seen: StoredEvent[], group = 'collector'): Consumer {
  return { group, types: [Counted.type], handle: async (events) => void seen.push(...events) };
}

const TABLE = `CREATE TABLE public.effects (
  place bigint GENERATED ALWAYS AS IDENTITY, consumer_group text NOT NULL, aggregate text NOT NULL, number integer NOT NULL)`;
const RECORD = statement(
  'test.record-effects',
  `INSERT INTO public.effects (consumer_group, aggregate, number)
   SELECT $1, came.aggregate, came.number FROM unnest($2::text[], $3::int[]) WITH ORDINALITY AS came (aggregate, number, place)
   ORDER BY came.place`,
);
const EFFECTS = statement('test.effects', 'SELECT effects.* FROM public.effects ORDER BY effects.place');

/** Makes the table that {@link recorder} writes to. It takes the same effect any number of times. */
export async function effectsTable(db: FreshDatabase): Promise<void> {
  const client = new Client({ connectionString: db.ownerUrl });
  await client.connect();
  await client.query(TABLE);
  await client.query('GRANT SELECT, INSERT ON public.effects TO tchat_app');
  await client.end();
}

/** A consumer whose effect is a row for each event. */
export function recorder(group: string): Consumer {
  return { group, types: [Counted.type], handle: (events, tx) => record(group, events, tx) };
}

export async function record(group: string, events: readonly StoredEvent[], tx: Tx): Promise<void> {
  const numbers = events.map(({ data }) => Number(data['number']));
  await tx.rows(RECORD, [group, events.map(({ aggregateId }) => aggregateId), numbers]);
}

export type Effect = { readonly consumer_group: string; readonly aggregate: string; readonly number: number };

/** Every effect, in the order in which they were written. */
export function effects({ database }: { readonly database: Database }): Promise<Effect[]> {
  return database.rows<Effect>(EFFECTS);
}
