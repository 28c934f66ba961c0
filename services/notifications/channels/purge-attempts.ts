import { DAY } from '#shared/time.ts';
import type { ChannelsPorts } from './ports.ts';
import { purgeAttempts } from './store/attempts.ts';

/** As long as notifications themselves are kept, and no report comes later. */
const KEPT_MS = 90 * DAY;
const BATCH_MAX = 1_000;

/** Removes what is known of calls to providers whose time is over, a batch in each database. @returns how many rows went */
export function makePurgeAttempts({ databases, clock }: Pick<ChannelsPorts, 'databases' | 'clock'>) {
  return async (): Promise<number> => {
    const before = new Date(clock().getTime() - KEPT_MS);
    const gone = await Promise.all(databases.all.map((sql) => purgeAttempts(sql, before, BATCH_MAX)));
    return gone.reduce((sum, count) => sum + count, 0);
  };
}
