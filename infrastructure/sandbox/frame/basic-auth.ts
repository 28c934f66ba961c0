import { timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Answer } from './endpoint.ts';

/** Lets in who presents this name and password by HTTP Basic (RFC 7617), and answers others as the provider would. */
export function basicAuth(name: string, password: string, refusal: Answer): RequestHandler {
  const wanted = Buffer.from(`Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`);
  return (request, response, next) => {
    const given = Buffer.from(request.headers.authorization ?? '');
    if (given.length === wanted.length && timingSafeEqual(given, wanted)) next();
    else response.status(refusal.status).json(refusal.body);
  };
}
