import type { z } from 'zod';
import type { Answer } from '../../frame/endpoint.ts';

type Said = { readonly type: string; readonly message: string; readonly code?: string; readonly param?: string };

/** Stripe wraps its errors. */
function stripeError(status: number, error: Said): Answer {
  return { status, body: { error } };
}

export const wrongKey = stripeError(401, { type: 'invalid_request_error', message: 'Invalid API Key provided' });
export const internalError = stripeError(500, { type: 'api_error', message: 'An unknown error occurred' });
export const keyReused = stripeError(400, {
  type: 'idempotency_error',
  message: 'Keys for idempotent requests can only be used with the same parameters they were first used with.',
});

export function notFound(what: string): Answer {
  return stripeError(404, { type: 'invalid_request_error', code: 'resource_missing', message: `No such ${what}` });
}

export function wrongState(code: string): Answer {
  return stripeError(400, { type: 'invalid_request_error', code, message: 'This object is in another state' });
}

/** The first thing that is wrong. */
export function invalidRequest(error: z.ZodError): Answer {
  const fault = error.issues[0];
  const param = fault?.path.join('.') ?? '';
  return stripeError(400, {
    type: 'invalid_request_error',
    code: 'parameter_invalid',
    param,
    message: `${param || 'the request'}: ${fault?.message}`,
  });
}
