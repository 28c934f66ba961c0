import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Ground } from '#services/ground.main.ts';
import { makeDispatch } from '#services/notifications/dispatch/dispatch.ts';
import { notificationsPorts } from '#services/wire-notifications.main.ts';
import { type NotificationId, regionOf, type UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { firstRow, statement } from '#shared/sql.ts';
import type { Country } from '#shared/regions.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import type { Measured } from '../measure.ts';

const WAITING = 100_000;
const BATCH = 5_000;

const ADD = statement(
  'bench.waiting',
  `INSERT INTO notifications.notifications (id, recipient_id, origin_id, type, channel, template, variables, data,
     priority, state, due_at, scheduled_at)
   SELECT made.id, made.recipient_id, made.id, 'push', 'account', 'account.restored', '{}', '{}', 'medium', 'waiting',
     now() + interval '1 day', now() + interval '1 day'
   FROM unnest($1::uuid[], $2::uuid[]) AS made (id, recipient_id)`,
);
const SIZE = statement('bench.size', `SELECT pg_total_relation_size('notifications.notifications')::float8 AS bytes`);

/** The heap in use, once nothing is left that could be freed. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

/** What the sender's memory and the table grow by for each of 100,000 notifications that wait, and what a look costs. */
export async function weighWaiting(ground: Ground, people: readonly UserId[]): Promise<Measured> {
  const database = ground.databases.of('core');
  const nobody = async () => ({ kind: 'no_address' }) as const;
  const ports = { ...notificationsPorts(ground), deliver: nobody, findReport: async () => undefined, log: quietLog };
  const dispatch = makeDispatch(ports, database);
  await dispatch();
  const size = async () => (await firstRow<{ bytes: number }>(database, SIZE))!.bytes;
  const [bytesBefore, heapBefore] = [await size(), heapBytes()];
  for (let made = 0; made < WAITING; made += BATCH) {
    const owners = Array.from({ length: BATCH }, (_, at) => people[(made + at) % people.length]!);
    const ids = owners.map((owner) => newId<NotificationId>(regionOf(owner) as Country));
    await database.rows(ADD, [ids, owners]);
  }
  const looks: number[] = [];
  for (let look = 0; look < 200; look += 1) {
    const startedAt = performance.now();
    await dispatch();
    looks.push(performance.now() - startedAt);
  }
  const sorted = looks.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)]!;
  return {
    perSecond: 1000 / at(0.5),
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
    failed: 0,
    figures: {
      'heap bytes each that waits': Math.max(0, heapBytes() - heapBefore) / WAITING,
      'table bytes each that waits': ((await size()) - bytesBefore) / WAITING,
    },
  };
}
