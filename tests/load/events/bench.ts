import { Client } from 'pg';
import { MINUTE } from '#shared/time.ts';
import { openOwnPostgres } from '#tests/chaos/own-engine.ts';
import { asSuperuser, createRoles, createTemplate, TEMPLATE, urlOf } from '#tests/harness/template-database.ts';
import { type Bench, type BenchOptions, type Contender, kept, type Prepared } from '../bench.ts';
import { carry } from './carriage.ts';
import { sustain } from './sustain.ts';
import { TABLES, type Way } from './tables.ts';

/** Connections of the writer. */
const LANES = 16;
/** Events that may be on their way when as many as can be are written: some tenths of a second of them. */
const OUTSTANDING_MAX = 4_000;
/** Writers at a rate do not wait for effects. */
const UNBOUNDED = Number.MAX_SAFE_INTEGER;
/** As a mailbox writes that gathers what comes; see `docs/decisions/0006-group-commit.md`. */
const GATHERED = 10;
const AIM_PER_SECOND = 5_000;
const SUSTAINED_PER_SECOND = 10_000;

/**
 * Events a second from the writer's transaction to their effect: through outbox, relay, log and a group, with seven groups
 * beside it that want other events. Set against the least that gives each event one effect: a table that a writer inserts
 * into, and a reader that deletes from it in the transaction of the effect. That has one reader, no order and no history.
 */
export const eventsBench: Bench = {
  name: 'events',
  says: 'events/s from transaction to effect, beside a bare queue; --sustain: lag under 10,000/s for a minute',
  prepare: async (options) => {
    await using resources = new AsyncDisposableStack();
    const postgres = resources.use(await openOwnPostgres());
    await createRoles(postgres.url);
    await createTemplate(postgres.url);
    const superuserUrl = Object.assign(new URL(postgres.url), { pathname: `/${TEMPLATE}` }).href;
    await asSuperuser(superuserUrl, ...TABLES);
    const url = urlOf(postgres.url, 'tchat_app', TEMPLATE);
    const prepared = options.isSustained === true ? sustained(url) : compared(url, options);
    return { ...prepared, ...kept(resources) };
  },
};

type Parts = Pick<Prepared, 'contenders' | 'comparisons'>;

function compared(url: string, options: BenchOptions): Parts {
  const flatOut = (way: Way, eventsPerTransaction: number): Contender => ({
    name: `${way}, ${eventsPerTransaction} a transaction`,
    run: () => carry({ url, way, eventsPerTransaction, lanes: LANES, outstandingMax: OUTSTANDING_MAX, ...options }),
  });
  const atHalf = (way: Way): Contender => ({
    name: `${way}, at ${AIM_PER_SECOND / 2}/s`,
    run: () =>
      carry({
        url,
        way,
        eventsPerTransaction: GATHERED / 2,
        lanes: LANES,
        outstandingMax: UNBOUNDED,
        perSecond: AIM_PER_SECOND / 2,
        ...options,
      }),
  });
  const pairs = [flatOut, flatOut, atHalf].map((make, index) =>
    (['bare queue', 'outbox'] as const).map((way) => make(way, index === 0 ? 1 : GATHERED)),
  );
  return {
    contenders: pairs.flat(),
    comparisons: pairs.map(([bare, ours]) => ({ baseline: bare!.name, ours: ours!.name })),
  };
}

function sustained(url: string): Parts {
  const atRate = {
    url,
    way: 'outbox',
    eventsPerTransaction: GATHERED,
    lanes: LANES,
    outstandingMax: UNBOUNDED,
    perSecond: SUSTAINED_PER_SECOND,
    warmUpMs: 0,
    runMs: MINUTE,
  } as const;
  const name = `outbox, at ${SUSTAINED_PER_SECOND}/s for a minute`;
  return {
    contenders: [
      { name, run: () => sustain(atRate) },
      { name: `${name}, during a backup`, run: () => duringBackup(url, () => sustain(atRate)) },
    ],
    comparisons: [],
  };
}

/** While someone reads as a backup does, the server keeps every row that was there when the reading began, or since. */
async function duringBackup<T>(url: string, work: () => Promise<T>): Promise<T> {
  const backup = new Client({ connectionString: url });
  await backup.connect();
  try {
    await backup.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM events.outbox');
    return await work();
  } finally {
    await backup.end();
  }
}
