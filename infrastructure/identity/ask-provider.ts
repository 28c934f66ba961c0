import type { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import { SECOND } from '#shared/time.ts';

export type IdentityProvider = {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** Sent as a bearer token; empty for a provider that asks for none. */
  readonly apiKey: string;
};

const TIMEOUT_MS = 10 * SECOND;

/**
 * Asks a provider of identity checks.
 *
 * @throws {AppError} UPSTREAM_UNAVAILABLE for everything but an answer that can be read: nothing is known then
 */
export async function askProvider<Answer extends z.ZodType>(
  { baseUrl, apiKey }: IdentityProvider,
  path: string,
  question: object,
  answer: Answer,
): Promise<z.output<Answer>> {
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(baseUrl + path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(apiKey === '' ? {} : { authorization: `Bearer ${apiKey}` }),
      },
      body: JSON.stringify(question),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    body = await response.json();
  } catch (cause) {
    throw away('cannot be reached', cause);
  }
  if (response.status !== 200) throw away(`answered ${response.status}`);
  const parsed = answer.safeParse(body);
  // What was asked is personal, so neither question nor answer is in the error.
  if (!parsed.success) throw away('answered what cannot be read');
  return parsed.data;
}

function away(how: string, cause?: unknown): AppError {
  return new AppError('UPSTREAM_UNAVAILABLE', { message: `The identity provider ${how}`, cause });
}
