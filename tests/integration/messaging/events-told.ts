import type { Consumer } from '#shared/events/bus.ts';
import { type Database, statement } from '#shared/sql.ts';

type Row = {
  readonly event_id: string;
  readonly type: string;
  readonly version: number;
  readonly aggregate_id: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly occurred_at: Date;
};

const TOLD = statement('', 'SELECT * FROM events.outbox ORDER BY occurred_at, event_id');

/** Hands a consumer all that was written to the outbox, as the bus would, in one batch and one transaction. */
export async function tell(database: Database, { types, handle }: Consumer): Promise<void> {
  const rows = await database.rows<Row>(TOLD);
  const events = rows
    .filter((row) => types.includes(row.type))
    .map((row) => ({
      id: row.event_id,
      type: row.type,
      version: row.version,
      aggregateId: row.aggregate_id,
      occurredAt: row.occurred_at,
      data: row.data,
    }));
  await database.transaction((tx) => handle(events, tx));
}
