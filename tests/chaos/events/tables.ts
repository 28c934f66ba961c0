import { z } from 'zod';
import { defineEvent } from '#shared/events/event.ts';

/** What the writers of a run tell: the change of an aggregate that made its number so. */
export const Counted = defineEvent('test.changed', 1, z.object({ number: z.number() }));

/** Every group has one table of effects. */
export const GROUPS = ['inside', 'elsewhere', 'flaky'] as const;

export const AGGREGATES = 40;

/**
 * The truth: each aggregate counts its changes, in the transaction that writes the event. Effects are written down with the
 * order in which they happened, and nothing hinders one from being there twice, but in `elsewhere`, which stands for systems
 * that know what they were told before.
 */
export const TABLES = [
  'CREATE TABLE public.chaos_aggregates (id text PRIMARY KEY, number integer NOT NULL DEFAULT 0)',
  `INSERT INTO public.chaos_aggregates (id) SELECT 'aggregate-' || number FROM generate_series(1, ${AGGREGATES}) AS number`,
  ...GROUPS.map(
    (group) => `CREATE TABLE public.chaos_${group} (
      place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event_id uuid NOT NULL, aggregate_id text NOT NULL,
      number integer NOT NULL
    )`,
  ),
  'ALTER TABLE public.chaos_elsewhere ADD UNIQUE (event_id)',
  'GRANT SELECT, UPDATE ON public.chaos_aggregates TO tchat_app',
  ...GROUPS.map((group) => `GRANT SELECT, INSERT ON public.chaos_${group} TO tchat_app`),
];
