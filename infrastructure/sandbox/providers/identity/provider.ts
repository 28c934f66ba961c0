import express from 'express';
import { z } from 'zod';
import { COUNTRIES } from '#shared/regions.ts';
import { type Answer, endpoint } from '../../frame/endpoint.ts';
import type { World } from '../../frame/world.ts';
import type { Provider } from '../provider.ts';

const RegistryCheck = z.strictObject({
  case_id: z.string().min(1).max(100),
  country: z.enum(COUNTRIES),
  type: z.string().min(1).max(50),
  number: z.string().min(1).max(50),
});

const Screening = z.strictObject({
  case_id: z.string().min(1).max(100),
  full_name: z.string().min(1).max(200),
  date_of_birth: z.iso.date().optional(),
});

const unavailable: Answer = { status: 503, body: { message: 'try again later' } };

function malformed(error: z.ZodError): Answer {
  const fault = error.issues[0];
  return { status: 400, body: { message: `${fault?.path.join('.')}: ${fault?.message}` } };
}

/**
 * A registry of documents and companies: POST /checks.
 * A number that ends in 13 needs a human, one that ends in 00 is refused, any other is on record.
 */
export function makeRegistry(world: World): Provider {
  return checker(world, 'registry', '/checks', (body) => {
    const parsed = RegistryCheck.safeParse(body);
    if (!parsed.success) return malformed(parsed.error);
    const { case_id, number } = parsed.data;
    const decided = world.decisions.decisionOn(case_id, 'registry');
    if (decided === 'unavailable') return unavailable;
    const outcomes = { clear: 'found', hit: 'refused' } as const;
    return { status: 200, body: { case_id, outcome: decided === undefined ? byNumber(number) : outcomes[decided] } };
  });
}

function byNumber(number: string): 'found' | 'unclear' | 'refused' {
  const digits = number.replace(/\D/g, '');
  if (digits.endsWith('13')) return 'unclear';
  return digits.endsWith('00') ? 'refused' : 'found';
}

/** A search of sanction lists: POST /screenings. A name that contains SANCTIONED is on one. */
export function makeScreening(world: World): Provider {
  return checker(world, 'screening', '/screenings', (body) => {
    const parsed = Screening.safeParse(body);
    if (!parsed.success) return malformed(parsed.error);
    const { case_id, full_name } = parsed.data;
    const decided = world.decisions.decisionOn(case_id, 'screening');
    if (decided === 'unavailable') return unavailable;
    const hit = decided === undefined ? full_name.toUpperCase().includes('SANCTIONED') : decided === 'hit';
    return {
      status: 200,
      body: { case_id, hits: hit ? [{ list: 'sandbox', reference: 'SB-1', name: full_name }] : [] },
    };
  });
}

function checker(world: World, name: string, path: string, check: (body: unknown) => Answer): Provider {
  const routes = express.Router();
  routes.use(express.json({ limit: '100kb' }));
  routes.post(
    path,
    endpoint(world.faults, name, {
      serve: (request) => check(request.body),
      broken: () => ({ status: 500, body: { message: 'internal error' } }),
    }),
  );
  return { name, routes };
}
