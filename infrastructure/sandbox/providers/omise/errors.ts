import type { z } from 'zod';
import type { Answer } from '../../frame/endpoint.ts';

/** Omise answers errors as objects of their own kind. */
function omiseError(status: number, code: string, message: string): Answer {
  return { status, body: { object: 'error', location: `https://www.omise.co/api-errors#${code}`, code, message } };
}

export const authenticationFailure = omiseError(401, 'authentication_failure', 'authentication failed');
export const internalError = omiseError(
  500,
  'internal_error',
  'request could not be completed due to an internal error',
);
export const keyReused = omiseError(409, 'idempotency_key_reused', 'this idempotency key came with another request');

export function notFound(what: string): Answer {
  return omiseError(404, 'not_found', `${what} was not found`);
}

export function badRequest(message: string): Answer {
  return omiseError(400, 'bad_request', message);
}

/** The first thing that is wrong, as one line. */
export function faultOf(error: z.ZodError): string {
  const fault = error.issues[0];
  return `${fault?.path.join('.') || 'the request'}: ${fault?.message}`;
}
