import { z } from 'zod';
import { AppError, ERRORS, type ErrorCode, type FieldFault } from '../errors.ts';

const CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];

/** Why an event was refused: the codes of the HTTP table, and how long to wait where waiting helps. */
export const SocketError = z.strictObject({
  code: z.enum(CODES),
  message: z.string(),
  details: z.union([z.string(), z.array(z.strictObject({ path: z.string(), message: z.string() }))]).optional(),
  retry_after_ms: z.number().int().optional(),
});
export type SocketError = z.infer<typeof SocketError>;

/** What every acknowledgement carries: one of the two, never both. */
export type Ack<Data> = { readonly data: Data } | { readonly error: SocketError };

/** The data of `connect_error`: `err.data.code` tells a client whether to refresh its token, wait or give up. */
export type ConnectErrorData = SocketError;

/** An error as a client may see it: never the cause, never a stack. */
export function socketError(error: AppError): SocketError {
  return {
    code: error.code,
    message: error.message,
    ...(error.details === undefined ? {} : { details: mutable(error.details) }),
    ...(error.retryAfterS === undefined ? {} : { retry_after_ms: Math.round(error.retryAfterS * 1000) }),
  };
}

function mutable(details: string | readonly FieldFault[]): string | FieldFault[] {
  return typeof details === 'string' ? details : [...details];
}

/** The error of a failed acknowledgement, for a client that wants to throw it. */
export function asAppError({ code, message, details, retry_after_ms: retryAfterMs }: SocketError): AppError {
  return new AppError(code, {
    message,
    ...(details === undefined ? {} : { details }),
    ...(retryAfterMs === undefined ? {} : { retryAfterS: Math.ceil(retryAfterMs / 1000) }),
  });
}
