import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '#infrastructure/postgres/database.ts';
import { firstRow, statement } from '#shared/sql.ts';
import { SECOND } from '#shared/time.ts';
import type { Measured } from '../measure.ts';
import { carry } from './carriage.ts';

const LOOK_EVERY_MS = SECOND;

const LOOK = statement(
  'bench.lag',
  `SELECT (SELECT count(*)::int FROM events.outbox) AS outbox,
     (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(outbox.occurred_at)) * 1000, 0)::float
        FROM events.outbox) AS outbox_ms,
     (SELECT (SELECT max(log.log_offset) FROM events.log) - places.log_offset FROM events.places
        WHERE places.consumer_group = 'effects')::int AS behind,
     pg_table_size('events.outbox')::float / 1048576 AS outbox_mib`,
);

type Look = {
  readonly outbox: number;
  readonly outbox_ms: number;
  readonly behind: number;
  readonly outbox_mib: number;
};

/**
 * Writes at a rate for a time and looks at what waits every second. The first third of the looks is set against the last:
 * where lag is bounded, they are alike.
 */
export async function sustain(run: Parameters<typeof carry>[0]): Promise<Measured> {
  const database = openDatabase({ url: run.url, poolMax: 1, applicationName: 'bench-look' });
  const looks: Look[] = [];
  const over = new AbortController();
  const looking = (async () => {
    while (!over.signal.aborted) {
      const look = await firstRow<Look>(database, LOOK);
      if (look !== undefined) looks.push(look);
      await sleep(LOOK_EVERY_MS, undefined, { signal: over.signal }).catch(() => undefined);
    }
  })();
  try {
    const carried = await carry({ ...run, onWritten: () => over.abort() });
    await looking;
    const third = Math.floor(looks.length / 3);
    const most = (of: (look: Look) => number, some = looks) => Math.max(0, ...some.map(of));
    const inLog = (look: Look) => look.behind;
    return {
      ...carried,
      figures: {
        'events written': carried.written,
        'most in the outbox': most((look) => look.outbox),
        'oldest in the outbox, ms': most((look) => look.outbox_ms),
        'most in the log before their effect, first third': most(inLog, looks.slice(0, third)),
        'most in the log before their effect, last third': most(inLog, looks.slice(-third)),
        'size of the outbox at most, MiB': most((look) => look.outbox_mib),
        'ms from the last write to the last effect': carried.drainMs,
      },
    };
  } finally {
    over.abort();
    await database.close();
  }
}
