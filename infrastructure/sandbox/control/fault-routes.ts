import express, { type Router } from 'express';
import { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import { type Fault, FAULTS_MAX, REQUEST_FAULTS, WEBHOOK_FAULTS } from '../frame/faults.ts';
import type { World } from '../frame/world.ts';
import { parsed } from '../problem.ts';

function faultSchema(targets: readonly string[]) {
  return z
    .strictObject({
      target: z.enum(targets),
      kind: z.enum([...REQUEST_FAULTS, ...WEBHOOK_FAULTS]),
      count: z.int().min(1).optional(),
      rate: z.number().gt(0).max(1).optional(),
    })
    .transform(({ target, kind, count, rate }, context): Fault => {
      if (count !== undefined && rate === undefined) return { target, kind, count };
      if (rate !== undefined && count === undefined) return { target, kind, rate };
      const message = count === undefined ? 'give count or rate' : 'give count or rate, never both';
      for (const path of ['count', 'rate']) context.addIssue({ code: 'custom', path: [path], message });
      return z.NEVER;
    });
}

/** POST, GET and DELETE /sandbox/faults. `targets` are the names of the providers. */
export function faultRoutes({ faults }: World, targets: readonly string[]): Router {
  const FaultBody = faultSchema(targets);
  const routes = express.Router();
  routes.post('/faults', (request, response) => {
    const fault = parsed(FaultBody, request.body);
    if (!faults.add(fault)) throw new AppError('CONFLICT', { details: `there are ${FAULTS_MAX} faults already` });
    response.status(201).json(fault);
  });
  routes.get('/faults', (_request, response) => {
    response.json(faults.list());
  });
  routes.delete('/faults', (_request, response) => {
    faults.clear();
    response.status(204).end();
  });
  return routes;
}
