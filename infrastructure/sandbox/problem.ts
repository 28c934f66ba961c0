import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { z } from 'zod';
import { AppError, ERRORS, type FieldFault } from '#shared/errors.ts';
import type { Log } from '#shared/log.ts';

/**
 * What `schema` makes of a body or query.
 *
 * @throws {AppError} VALIDATION_ERROR that names each field at fault.
 */
export function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new AppError('VALIDATION_ERROR', { details: result.error.issues.flatMap(faultsOf) });
}

function faultsOf(issue: z.core.$ZodIssue): FieldFault[] {
  const path = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys') return [{ path: path.join('.'), message: issue.message }];
  return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: 'is not known here' }));
}

export const noSuchPath: RequestHandler = () => {
  throw new AppError('NOT_FOUND');
};

/** Answers errors as problem documents of the product's own form (RFC 9457). */
export function answerProblems(log: Log): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const problem = problemOf(error);
    if (problem.code === 'INTERNAL') log.error({ err: error }, 'a sandbox call failed');
    const { title, status } = ERRORS[problem.code];
    response
      .status(status)
      .type('application/problem+json')
      .send(
        JSON.stringify({
          type: 'about:blank',
          title,
          status,
          instance: request.originalUrl,
          error: problem.message,
          code: problem.code,
          details: problem.details,
        }),
      );
  };
}

/** What Express's own parsers throw has a status; anything else that is not ours is a fault of this program. */
function problemOf(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const { status, message } = error as { status?: number; message?: string };
  if (status === 413) return new AppError('PAYLOAD_TOO_LARGE');
  if (status === 415) return new AppError('UNSUPPORTED_MEDIA_TYPE');
  if (status !== undefined && status >= 400 && status < 500) {
    return new AppError('VALIDATION_ERROR', { details: `the request could not be read: ${message}` });
  }
  return new AppError('INTERNAL', { cause: error });
}
