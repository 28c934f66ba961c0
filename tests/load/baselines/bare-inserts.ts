import { randomUUIDv7 } from 'node:crypto';
import type { Pool } from 'pg';
import { closedLoop, type Measured } from '../measure.ts';

const BODY = Buffer.alloc(100, 'x');

/** One-row inserts, each committed on its own: what a store does that does not gather. */
export async function bareInserts(
  pool: Pool,
  options: { readonly lanes: number; readonly warmUpMs: number; readonly runMs: number },
): Promise<Measured> {
  return await closedLoop({
    ...options,
    call: () =>
      pool.query({
        name: 'bare-insert',
        text: 'INSERT INTO public.bench_rows (id, body) VALUES ($1, $2)',
        values: [randomUUIDv7(), BODY],
      }),
  });
}
