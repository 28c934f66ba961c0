import { ApplicationFailure } from '@temporalio/common';
import { AppError } from '#shared/errors.ts';

/**
 * Turns our error table into Temporal's terms: the code becomes the failure's type, and `retry` in the table decides
 * whether Temporal tries again. What is no {@link AppError} stays as it is and is retried.
 */
export function asActivityFailure(error: unknown): unknown {
  if (!(error instanceof AppError)) return error;
  return ApplicationFailure.create({
    type: error.code,
    message: error.message,
    nonRetryable: !error.retryable,
    ...(error.retryAfterS === undefined ? {} : { nextRetryDelay: error.retryAfterS * 1000 }),
  });
}

type Step = (...args: never[]) => Promise<unknown>;

/** Wraps every activity of a domain so that its failures speak Temporal's terms. */
export function withFailures<Steps extends Record<string, Step>>(steps: Steps): Steps {
  const wrapped = Object.entries(steps).map(([name, step]) => [
    name,
    async (...args: never[]) => {
      try {
        return await step(...args);
      } catch (error) {
        throw asActivityFailure(error);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as Steps;
}
