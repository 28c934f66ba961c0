import type { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import { SECOND } from '#shared/time.ts';

/** A provider that takes longer has failed: the next one is faster than waiting for it. */
const ANSWER_WITHIN_MS = 10 * SECOND;

type Outgoing = {
  /** For what is logged; the URL is not, and neither is the answer: either may hold a number. */
  readonly provider: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/**
 * Posts to a provider and reads what the `answer` schema asks for.
 *
 * @throws {AppError} UPSTREAM_UNAVAILABLE for no answer in time, any status but 2xx, or an answer of another form
 */
export async function post<Answer>(
  { provider, url, headers, body }: Outgoing,
  answer: z.ZodType<Answer>,
): Promise<Answer> {
  const fail = (message: string, cause?: unknown) =>
    new AppError('UPSTREAM_UNAVAILABLE', { message: `${provider} ${message}`, cause });
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' }).catch(
    (error: unknown) => {
      throw fail('did not answer', error);
    },
  );
  if (!response.ok) {
    await response.body?.cancel();
    throw fail(`answered ${response.status}`);
  }
  const content: unknown = await response.json().catch((error: unknown) => {
    throw fail('did not finish its answer', error);
  });
  const parsed = answer.safeParse(content);
  if (!parsed.success) throw fail('answered in an unknown form');
  return parsed.data;
}

/** The `Authorization` header of RFC 7617. */
export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
