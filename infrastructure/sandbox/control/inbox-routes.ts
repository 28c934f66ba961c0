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

/** GET /sandbox/inbox?to=…: what reached a person, newest first. */
export function inboxRoutes({ inbox }: World): Router {
  const routes = express.Router();
  routes.get('/inbox', (request, response) => {
    const { to } = parsed(InboxQuery, request.query);
    response.json(inbox.messagesTo(to));
  });
  return routes;
}
