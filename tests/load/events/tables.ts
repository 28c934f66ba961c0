import { z } from 'zod';
import { defineEvent } from '#shared/events/event.ts';

/** What is carried: something small with the moment at which it was written, in epoch milliseconds. */
export const Carried = defineEvent('bench.carried', 1, z.object({ at_ms: z.number(), body: z.string() }));

/** Which way events take: ours, or the bare queue that it is set against. */
export type Way = 'outbox' | 'bare queue';

/** Where effects go, and the queue of the baseline: a table that writers insert into and a reader deletes from. */
export const TABLES = [
  'CREATE TABLE public.bench_effects (event_id uuid PRIMARY KEY, at_ms double precision NOT NULL)',
  `CREATE TABLE public.bench_queue (
     position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event_id uuid NOT NULL, type text NOT NULL,
     version smallint NOT NULL, aggregate_id text NOT NULL, data jsonb NOT NULL
   ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0)`,
  'GRANT SELECT, INSERT, UPDATE, DELETE ON public.bench_effects, public.bench_queue TO tchat_app',
];
