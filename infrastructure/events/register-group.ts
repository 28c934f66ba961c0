import type { Consumer } from '#shared/events/bus.ts';
import { type Database, firstRow, statement } from '#shared/sql.ts';

const REGISTER = statement(
  'events.register-group',
  `INSERT INTO events.places (consumer_group, log_offset)
   SELECT $1, CASE WHEN $2 THEN coalesce((SELECT max(log.log_offset) FROM events.log), 0) ELSE 0 END
   ON CONFLICT DO NOTHING`,
);
const BEGAN = statement(
  'events.group-began',
  'SELECT places.registered_at FROM events.places WHERE places.consumer_group = $1',
);

type Starting = Pick<Consumer, 'group' | 'starts'>;

/** Gives a new group its place in the log: before the oldest event, or after the newest. One that has a place keeps it. */
export async function registerGroup(database: Database, { group, starts }: Starting): Promise<void> {
  await database.rows(REGISTER, [group, starts === 'newest']);
}

/** When a group began, by the clock of the database; registers one that is new. */
export async function beginningOf(database: Database, starting: Starting): Promise<Date> {
  await registerGroup(database, starting);
  const row = await firstRow<{ registered_at: Date }>(database, BEGAN, [starting.group]);
  if (row === undefined) throw new Error(`The place of the group ${starting.group} is gone`);
  return row.registered_at;
}
