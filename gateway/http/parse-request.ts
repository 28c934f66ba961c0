import { parse as parseQuery } from 'node:querystring';
import { z } from 'zod';
import { AppError, type FieldFault } from '#shared/errors.ts';
import { fieldFaults } from '#shared/field-faults.ts';
import type { Call } from '#shared/http/call.ts';

/** Faults named in one answer; a client that has more mends these first. */
const FAULTS_MAX = 20;
const QUERY_KEYS_MAX = 100;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A call that takes no body may still be sent an empty object. */
const NoBody = z.strictObject({}).optional();

export type Parts = { readonly params: unknown; readonly query: unknown; readonly body: unknown };

/**
 * The parsed parts of a request. All faults of all parts are told at once.
 *
 * @param raw the parameters of the address, the text after `?`, and the body before any check
 * @throws {AppError} VALIDATION_ERROR with `details`; NOT_FOUND when the address names a UUID that we could not have made
 */
export function parseParts(
  call: Call,
  raw: { readonly params: Readonly<Record<string, string>>; readonly query: string; readonly body: unknown },
): Parts {
  const faults: FieldFault[] = [];
  const params = call.params && check(call.params, raw.params, faults);
  if (faults.some(({ path }) => UUID.test(raw.params[path] ?? ''))) throw new AppError('NOT_FOUND');
  const query = call.query && check(call.query, queryOf(raw.query), faults);
  const body = call.raw ? raw.body : check(call.body ?? NoBody, raw.body, faults);
  if (faults.length > 0) throw new AppError('VALIDATION_ERROR', { details: faults.slice(0, FAULTS_MAX) });
  return { params, query, body: call.raw || call.body ? body : undefined };
}

function queryOf(text: string): Record<string, unknown> {
  return text === '' ? {} : { ...parseQuery(text, '&', '=', { maxKeys: QUERY_KEYS_MAX }) };
}

function check(schema: z.ZodType, value: unknown, faults: FieldFault[]): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  faults.push(...fieldFaults(parsed.error));
  return undefined;
}
