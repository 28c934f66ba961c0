import type { z } from 'zod';
import type { Handed } from '#services/auth/ports.ts';
import { SECOND } from '#shared/time.ts';

/** A provider that takes longer counts as silent: asking it, or the next one, is faster than waiting for it. */
const ANSWER_WITHIN_MS = 4 * SECOND;
/** Asking whether a text was taken is worth less time than sending one: the next provider waits for it. */
const TELL_WITHIN_MS = 2 * SECOND;

/** How a connection fails before anything was said on it. */
const NEVER_REACHED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

type Outgoing = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

type Refusal = Omit<Extract<Handed, { outcome: 'refused' }>, 'outcome'>;

type Reading<Answer> = {
  /** Of a 2xx answer. */
  readonly answer: z.ZodType<Answer>;
  readonly messageId: (answer: Answer) => string;
  /** Of a 4xx answer, when the text or its number was at fault. */
  readonly isMessageAtFault: (status: number, body: unknown) => boolean;
  /** Of a 4xx answer, when whoever has the number wants nothing more; where the interface can tell. */
  readonly hasOptedOut?: (body: unknown) => boolean;
};

/**
 * Posts a text to a provider, and tells what that came to. A reason never holds what was sent or answered: either may
 * hold a number or the code.
 */
export async function handOver<Answer>(outgoing: Outgoing, reading: Reading<Answer>): Promise<Handed> {
  const response = await fetch(outgoing.url, {
    method: 'POST',
    headers: outgoing.headers,
    body: outgoing.body,
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    redirect: 'error',
  }).catch((error: unknown) => error);
  if (!(response instanceof Response)) {
    const isReached = !NEVER_REACHED.has(networkCode(response));
    return isReached ? unknown('did not answer') : refused({ blame: 'provider', reason: 'cannot be reached' });
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok) {
    const parsed = reading.answer.safeParse(body);
    if (!parsed.success) return unknown('answered in an unknown form');
    return { outcome: 'accepted', messageId: reading.messageId(parsed.data) };
  }
  const reason = `answered ${response.status}`;
  // A server that broke, or a proxy before it that gave up, does not say how far it had got.
  if (response.status >= 500) return unknown(reason);
  const blame = reading.isMessageAtFault(response.status, body) ? 'message' : 'provider';
  const hasOptedOut = reading.hasOptedOut?.(body) === true;
  return refused({ blame, reason, ...(hasOptedOut ? { hasOptedOut } : {}) });
}

/** What a provider answers to a question by GET; undefined when it does not, or in another form. */
export async function ask<Answer>(
  { url, headers }: Omit<Outgoing, 'body'>,
  answer: z.ZodType<Answer>,
): Promise<Answer | undefined> {
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(TELL_WITHIN_MS), redirect: 'error' });
    const body: unknown = await response.json();
    return response.ok ? answer.safeParse(body).data : undefined;
  } catch {
    return undefined;
  }
}

/** The `Authorization` header of RFC 7617. */
export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function networkCode(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}

function unknown(reason: string): Handed {
  return { outcome: 'unknown', reason };
}

function refused(refusal: Refusal): Handed {
  return { outcome: 'refused', ...refusal };
}
