import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '#infrastructure/postgres/database.ts';
import { type CarrierOptions, openCarried } from '#tests/harness/carried.ts';
import { recorder } from './counted.ts';

/** What a process does that a test will kill: relay events, or hand them to a group. */
export type CarrierWork = CarrierOptions & {
  readonly relay: boolean;
  /** The group whose effects it records; none where it only relays. */
  readonly group?: string;
  /** How long each batch stays uncommitted after its effects are written. */
  readonly slowMs?: number;
};

const work = JSON.parse(process.argv[2] ?? '{}') as CarrierWork;
const database = openDatabase({ url: work.url, poolMax: 4, applicationName: 'test' });
const { bus } = openCarried(database, work, { relay: work.relay });
if (work.group !== undefined) {
  const inner = recorder(work.group);
  bus.subscribe({
    ...inner,
    handle: async (events, tx) => {
      await inner.handle(events, tx);
      process.send?.('handling');
      await sleep(work.slowMs ?? 0);
    },
  });
}
process.send?.('started');
