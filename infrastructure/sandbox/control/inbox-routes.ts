import express, { type Router } from 'express';
import { z } from 'zod';
import type { World } from '../frame/world.ts';
import { parsed } from '../problem.ts';

const InboxQuery = z.strictObject({
  to: z.union(
    [z.string().regex(/^\+[1-9]\d{6,14}$/), z.email(), z.string().regex(/^push:\S{1,600}$/)],
    'must be an E.164 number with its plus sign written as %2B, an e-mail address, or push: and a token or endpoint',
  ),
});

const OptOutBody = z.strictObject({ to: z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be an E.164 number') });

/**
 * GET /sandbox/inbox?to=…: what reached a person, newest first. POST /sandbox/opt-outs: they answer STOP to a text, and
 * Twilio brings them no more.
 */
export function inboxRoutes({ inbox, optedOut }: World): Router {
  const routes = express.Router();
  routes.get('/inbox', (request, response) => {
    const { to } = parsed(InboxQuery, request.query);
    response.json(inbox.messagesTo(to));
  });
  routes.post('/opt-outs', (request, response) => {
    optedOut.set(parsed(OptOutBody, request.body).to, true);
    response.status(204).end();
  });
  return routes;
}
