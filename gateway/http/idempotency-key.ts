import { hash } from 'node:crypto';
import { AppError, invalid } from '#shared/errors.ts';
import type { Call } from '#shared/http/call.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Parts } from './parse-request.ts';

/** Printable ASCII without spaces; UUIDs are what clients send. */
const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * The Idempotency-Key of a request, or undefined where the call takes none or none was sent.
 *
 * @throws {AppError} IDEMPOTENCY_KEY_MISSING for a call that needs one, VALIDATION_ERROR when it is no key
 */
export function idempotencyKeyOf(call: Call, header: string | undefined): string | undefined {
  if (call.idempotency === undefined) return undefined;
  if (header === undefined || header === '') {
    if (call.idempotency === 'required') throw new AppError('IDEMPOTENCY_KEY_MISSING');
    return undefined;
  }
  if (!KEY.test(header)) throw invalid('Idempotency-Key', 'must be 1 to 255 printable ASCII characters without spaces');
  return header;
}

/**
 * What a request asks, as a digest: over the parsed body, so that spacing and the order of fields do not make another
 * request, and over the address with the ids and the query in it.
 */
export function digestOf(call: Call, path: string, { query, body }: Pick<Parts, 'query' | 'body'>): string {
  const asked = call.query === undefined ? '' : `?${canonicalJson(query)}`;
  return hash('sha256', `${call.method} ${path}${asked}\n${canonicalJson(body)}`);
}
