import { DAY } from '#shared/time.ts';
import type { ChannelsPorts } from './ports.ts';
import { purgeAttempts } from './store/attempts.ts';
import { purgeFormer } from './store/former-addresses.ts';

/** As long as notifications themselves are kept, and no report comes later. */
const KEPT_MS = 90 * DAY;
/** Longer than a notification that tells of the change is news. */
const FORMER_KEPT_MS = 3 * DAY;
const BATCH_MAX = 1_000;

/**
 * Removes what is known of calls to providers, and of addresses that are used no more, when its time is over: a batch of each
 * in each database.
 *
 * @returns how many rows went
 */
export function makePurgeAttempts({ databases, clock }: Pick<ChannelsPorts, 'databases' | 'clock'>) {
  return async (): Promise<number> => {
    const before = (ms: number) => new Date(clock().getTime() - ms);
    const gone = await Promise.all(
      databases.all.flatMap((sql) => [
        purgeAttempts(sql, before(KEPT_MS), BATCH_MAX),
        purgeFormer(sql, before(FORMER_KEPT_MS), BATCH_MAX),
      ]),
    );
    return gone.reduce((sum, count) => sum + count, 0);
  };
}
