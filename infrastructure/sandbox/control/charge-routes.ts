import express, { type RequestHandler, type Router } from 'express';
import { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import { formatMoney } from '#shared/money.ts';
import type { Charge, ChargeEnd } from '../frame/charges.ts';
import type { World } from '../frame/world.ts';
import { parsed } from '../problem.ts';

const ChargesQuery = z.strictObject({ reference: z.string().min(1).max(512) });

/** GET /sandbox/charges?reference=…, and what a payer can do with the latest of them. */
export function chargeRoutes({ charges }: World): Router {
  const shown = (charge: Charge) => ({
    gateway: charge.gateway,
    reference: charge.reference,
    status: charge.status,
    amount: formatMoney(charge.money),
    currency: charge.money.currency,
    idempotency_key: charge.idempotencyKey ?? null,
    attempts: charges.attempts(charge.reference),
  });

  const ends =
    (end: ChargeEnd): RequestHandler<{ reference: string }> =>
    (request, response) => {
      const charge = payable(charges.byReference(request.params.reference));
      if (!charges.end(charge, end)) {
        throw new AppError('CONFLICT', { details: `the charge is ${charge.status} and cannot become ${end}` });
      }
      response.json(shown(charge));
    };

  const routes = express.Router();
  routes.get('/charges', (request, response) => {
    const { reference } = parsed(ChargesQuery, request.query);
    response.json(charges.byReference(reference).map(shown));
  });
  routes.post('/charges/:reference/settle', ends('successful'));
  routes.post('/charges/:reference/fail', ends('failed'));
  routes.post('/charges/:reference/expire', ends('expired'));
  return routes;
}

/** The newest one that still waits, else the newest. */
export function payable(charges: readonly Charge[]): Charge {
  const charge = charges.findLast(({ status }) => status === 'pending') ?? charges.at(-1);
  if (charge === undefined) throw new AppError('NOT_FOUND');
  return charge;
}
