import type { z } from 'zod';
import type { Answer } from '../../frame/endpoint.ts';

function xenditError(status: number, errorCode: string, message: string): Answer {
  return { status, body: { error_code: errorCode, message } };
}

export const wrongKey = xenditError(401, 'INVALID_API_KEY', 'API key is not valid');
export const serverError = xenditError(500, 'SERVER_ERROR', 'An unexpected error occurred');
export const noVersion = xenditError(400, 'API_VALIDATION_ERROR', 'api-version: is required');
export const keyReused = xenditError(409, 'IDEMPOTENCY_ERROR', 'The key was used with another request');
export const wrongState = xenditError(400, 'CANNOT_CANCEL', 'The payment request can no longer be cancelled');
export const refundRefused = xenditError(400, 'MAXIMUM_REFUND_AMOUNT_REACHED', 'This is more than is left to refund');

export function notFound(what: string): Answer {
  return xenditError(404, 'DATA_NOT_FOUND', `${what} was not found`);
}

/** The first thing that is wrong, as one line. */
export function invalidRequest(error: z.ZodError): Answer {
  const fault = error.issues[0];
  return xenditError(400, 'API_VALIDATION_ERROR', `${fault?.path.join('.') || 'the request'}: ${fault?.message}`);
}
