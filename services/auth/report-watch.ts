import type { ChallengeId } from '#shared/ids.ts';
import type { Database } from '#shared/sql.ts';
import { type DeliveryOf, newsOf } from './otp-delivery-store.ts';

/** One look a turn for all that waits, however many they are. */
const LOOK_EVERY_MS = 40;
/** More than ever wait in one process; those beyond it are told nothing, and hear of their reports by a signal. */
const WAITING_MAX = 1_000;

/** What became of a text. `ended`: its code was used, replaced or has expired. */
export type News = 'delivered' | 'failed' | 'ended';

type Waiting = DeliveryOf & { readonly tell: (news: News | undefined) => void };

export type ReportWatch = {
  /** Looks for a report for so long; undefined when none came, or the database could not be asked. Never rejects. */
  wait(database: Database, delivery: DeliveryOf, withinMs: number): Promise<News | undefined>;
};

/**
 * Looks in the store for the reports of texts that were sent a moment ago. Most come soon, and who still holds a step
 * then can end it at once, where a workflow would have to be woken for it.
 */
export function makeReportWatch(): ReportWatch {
  const waiting = new Map<Database, Set<Waiting>>();

  async function look(database: Database, all: ReadonlySet<Waiting>): Promise<void> {
    while (all.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      const asked = [...all];
      const news = await newsOf(database, asked).catch(() => undefined);
      for (const one of asked) {
        const told = news === undefined ? undefined : news.get(keyOf(one));
        if (news === undefined || told !== undefined) one.tell(told);
      }
    }
  }

  return {
    wait: async (database, delivery, withinMs) => {
      const all = waiting.get(database) ?? new Set();
      waiting.set(database, all);
      if (withinMs <= 0 || all.size >= WAITING_MAX) return undefined;
      const { promise, resolve } = Promise.withResolvers<News | undefined>();
      const one: Waiting = { ...delivery, tell: resolve };
      const isAlone = all.size === 0;
      all.add(one);
      const timer = setTimeout(() => resolve(undefined), withinMs);
      if (isAlone) void look(database, all);
      const news = await promise;
      clearTimeout(timer);
      all.delete(one);
      return news;
    },
  };
}

function keyOf({ challengeId, provider }: DeliveryOf): `${ChallengeId} ${string}` {
  return `${challengeId} ${provider}`;
}
