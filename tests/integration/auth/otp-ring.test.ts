import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { statement } from '#shared/sql.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';

/** Draws an amount at each moment if there is room, as `auth.ask_for_codes` does; answers which were let through. */
const WALK = statement(
  'test.walk-ring',
  `WITH RECURSIVE walk (place, is_drawn, recent, held) AS (
     SELECT 0, false, '{}'::timestamptz[], 0::bigint
     UNION ALL
     SELECT walk.place + 1, opens.at IS NULL,
       CASE WHEN opens.at IS NULL THEN drawn.p_recent ELSE walk.recent END,
       CASE WHEN opens.at IS NULL THEN drawn.p_held ELSE walk.held END
     FROM walk, LATERAL (
       SELECT '2026-01-01Z'::timestamptz + ($1::bigint[])[walk.place + 1] * interval '1 millisecond' AS at
     ) AS moment, LATERAL (
       SELECT auth.ring_opens(walk.recent, walk.held, $2, $3, $4::bigint * interval '1 millisecond', moment.at) AS at
     ) AS opens, LATERAL auth.ring_drawn(
       $2, $3, $4::bigint * interval '1 millisecond', moment.at, walk.recent, walk.held
     ) AS drawn
     WHERE walk.place < cardinality($1::bigint[])
   )
   SELECT walk.is_drawn FROM walk WHERE walk.place > 0 ORDER BY walk.place`,
);

const WINDOW_MS = 1_000;

let db: FreshDatabase;
beforeAll(async () => {
  db = await freshDatabase();
});
afterAll(async () => {
  await db[Symbol.asyncDispose]();
});

/** The moments at which an amount was drawn, of those at which it was asked for. */
async function drawnAt(moments: readonly number[], amount: number, limit: number): Promise<number[]> {
  const rows = await db.database.rows<{ is_drawn: boolean }>(WALK, [moments, amount, limit, WINDOW_MS]);
  return moments.filter((_, place) => rows[place]!.is_drawn);
}

const budgets = fc.record({ amount: fc.integer({ min: 1, max: 7 }), limit: fc.integer({ min: 1, max: 120 }) });
const gaps = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 150 });

test('no window ever holds more than the limit, wherever it begins', async () => {
  await fc.assert(
    fc.asyncProperty(budgets, gaps, async ({ amount, limit }, waits) => {
      let now = 0;
      const moments = waits.map((wait) => (now += wait));
      const drawn = await drawnAt(moments, amount, limit);
      for (const [place, from] of drawn.entries()) {
        const within = drawn.slice(place).filter((at) => at < from + WINDOW_MS);
        expect(within.length * amount).toBeLessThanOrEqual(limit);
      }
    }),
    { numRuns: 60 },
  );
});

test.each([
  [1, 1],
  [1, 3],
  [1, 20],
  [1, 21],
  [1, 39],
  [1, 100],
  [1, 5_000],
  [30, 1_000],
])(
  'of draws of %i at one moment a budget of %i lets through nearly all that it holds, and exactly up to twenty',
  async (amount, limit) => {
    const fits = Math.floor(limit / amount);
    const drawn = await drawnAt(Array<number>(Math.min(fits + 5, 6_000)).fill(0), amount, limit);
    if (fits <= 20) expect(drawn).toHaveLength(fits);
    expect(drawn.length * amount).toBeLessThanOrEqual(limit);
    expect(drawn.length).toBeGreaterThanOrEqual(Math.floor(fits * 0.85));
  },
);

test('a small budget comes back draw by draw, each when its window has passed', async () => {
  expect(await drawnAt([0, 100, 200, 999, 1_000, 1_099, 1_100, 1_200, 1_201], 1, 3)).toEqual([
    0, 100, 200, 1_000, 1_100, 1_200,
  ]);
});

test('a budget that is smaller than one draw lets nothing through', async () => {
  expect(await drawnAt([0, 5_000], 7, 6)).toEqual([]);
});
