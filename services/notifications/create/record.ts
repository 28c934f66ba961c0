import type { NewEvent } from '#shared/events/event.ts';
import type { Tx } from '#shared/sql.ts';
import { capOf, isHeard, windowStart } from '../rules.ts';
import { count } from '../store/counted.ts';
import { failOverCap, insertNotifications, type NotificationRow } from '../store/notifications.ts';
import { claimTellings, tellingName } from '../store/told.ts';
import { stateReached, storyBegun } from '../told.ts';
import type { CreatePorts } from './create.ts';
import type { Plan } from './plan.ts';

/** Rows of one statement. */
const ROWS_MAX = 500;

/** Writes what was not told before, counts what makes a noise, and tells the outbox. */
export async function record(
  { outbox, clock }: Pick<CreatePorts, 'outbox' | 'clock'>,
  tx: Tx,
  plans: readonly Plan[],
): Promise<NotificationRow[]> {
  const rows: NotificationRow[] = [];
  for (let from = 0; from < plans.length; from += ROWS_MAX) {
    rows.push(...(await recordSome(tx, plans.slice(from, from + ROWS_MAX), clock())));
  }
  const events = rows.flatMap(eventsOf);
  if (events.length > 0) await outbox.append(tx, { events });
  return rows;
}

async function recordSome(tx: Tx, plans: readonly Plan[], at: Date): Promise<NotificationRow[]> {
  const fresh = await claimTellings(
    tx,
    plans.map(({ telling }) => telling),
  );
  const untold = plans.filter(({ telling }) => fresh.has(tellingName(telling)));
  if (untold.length === 0) return [];
  const written = await insertNotifications(
    tx,
    untold.map(({ row }) => row),
  );
  const made = written.filter((row) => row.is_new);
  const over = new Set(await overCap(tx, made.filter(isCounted), at));
  return made.map((row) => (over.has(row) ? { ...row, state: 'failed', reason: 'over_cap', due_at: null } : row));
}

function isCounted({ type, state }: NotificationRow): boolean {
  return isHeard(type) && state === 'waiting';
}

/** Those that are more than their recipients are to hear; they have failed. */
async function overCap(tx: Tx, rows: readonly NotificationRow[], at: Date): Promise<NotificationRow[]> {
  if (rows.length === 0) return [];
  const groups = Map.groupBy(rows, (row) => `${row.recipient_id} ${capOf(row.type, row.channel).bucket}`);
  const counts = Array.from(groups.values(), (group) => {
    const { bucket, windowMs } = capOf(group[0]!.type, group[0]!.channel);
    const more = group.length;
    return { recipientId: group[0]!.recipient_id, bucket, windowStart: windowStart(at, windowMs), more };
  });
  const used = await count(tx, counts);
  const over = Array.from(groups, ([name, group]) => {
    const { max } = capOf(group[0]!.type, group[0]!.channel);
    return group.slice(Math.max(0, max - (used.get(name)! - group.length)));
  }).flat();
  if (over.length > 0) {
    await failOverCap(
      tx,
      over.map(({ id }) => id),
    );
  }
  return over;
}

function eventsOf(row: NotificationRow): NewEvent[] {
  const hasStory = row.fallback.length > 0 && row.state !== 'expired';
  const story = hasStory ? [storyBegun(row, row.due_at ?? row.created_at, row.fallback)] : [];
  return [...stateReached(row), ...story];
}
