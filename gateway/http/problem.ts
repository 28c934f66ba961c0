import { AppError, ERRORS, type ErrorCode } from '#shared/errors.ts';
import type { Log } from '#shared/log.ts';
import { type Exchange, send } from './exchange.ts';

/** A bad token is a bad token: HTTP does not tell why, and clients have one code to act on. */
const SPOKEN_AS: { readonly [Code in ErrorCode]?: ErrorCode } = {
  TOKEN_EXPIRED: 'UNAUTHORIZED',
  SESSION_REVOKED: 'UNAUTHORIZED',
};

type Problem = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/**
 * An error as HTTP tells it: RFC 9457's members beside the contract's `error`, `code` and `details`.
 * The message of what is no {@link AppError} stays inside.
 *
 * @param docsUrl where the codes are explained; `type` points into it
 */
function problemOf(error: unknown, { requestId, url }: Pick<Exchange, 'requestId' | 'url'>, docsUrl: string): Problem {
  const told = error instanceof AppError ? error : new AppError('INTERNAL');
  const code = SPOKEN_AS[told.code] ?? told.code;
  const { status, title } = ERRORS[code];
  const body = {
    error: code === told.code ? told.message : title,
    code,
    ...(told.details === undefined ? {} : { details: told.details }),
    type: `${docsUrl}#${code}`,
    title,
    status,
    instance: url.split('?', 1)[0],
    request_id: requestId,
  };
  const headers: Record<string, string> = { ...told.headers, 'Content-Type': 'application/problem+json' };
  // RFC 9110 section 15.5.2: a 401 names the scheme to use.
  if (status === 401) headers['WWW-Authenticate'] = 'Bearer realm="tchat"';
  if (told.retryAfterS !== undefined) headers['Retry-After'] = String(Math.max(1, Math.ceil(told.retryAfterS)));
  return { status, headers, body: JSON.stringify(body) };
}

/** Answers a failure, and logs what a person should know of it: our own faults at ERROR, what heals by itself at WARN. */
export function refuse(
  exchange: Exchange,
  error: unknown,
  { log, docsUrl }: { readonly log: Log; readonly docsUrl: string },
): void {
  const { status, headers, body } = problemOf(error, exchange, docsUrl);
  const facts = { requestId: exchange.requestId, call: exchange.call, err: error };
  if (status === 500) log.error(facts, 'a call broke');
  else if (status > 500) log.warn(facts, 'a call could not be served');
  send(exchange, status, headers, body);
}
