import express, { type Router } from 'express';
import { z } from 'zod';
import { DECISION_RESULTS, DECISION_SOURCES } from '../frame/decisions.ts';
import type { World } from '../frame/world.ts';
import { parsed } from '../problem.ts';

const CaseId = z.strictObject({ case: z.string().min(1).max(100) });
const DecisionBody = z.strictObject({ source: z.enum(DECISION_SOURCES), result: z.enum(DECISION_RESULTS) });

/** POST /sandbox/kyc/{case}/decision: what the registry or the screening shall answer for this case from now on. */
export function kycRoutes({ decisions }: World): Router {
  const routes = express.Router();
  routes.post('/kyc/:case/decision', (request, response) => {
    const { case: caseId } = parsed(CaseId, request.params);
    const { source, result } = parsed(DecisionBody, request.body);
    decisions.decide(caseId, source, result);
    response.json({ case: caseId, source, result });
  });
  return routes;
}
