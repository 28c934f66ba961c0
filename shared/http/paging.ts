import { z } from 'zod';
import { invalid } from '../errors.ts';

/** Entries of a page: 1 to 100, with the default that the call names. */
export function limit(usual: number) {
  return z.coerce.number().int().min(1).max(100).default(usual);
}

/** An opaque place in a list; a client sends back what it was given. */
export const Cursor = z.string().max(200);

export const NextCursor = z.string().nullable();

/** Writes a place in a list so that clients do not build on its parts. */
export function encodeCursor(parts: readonly (string | number)[]): string {
  return btoa(JSON.stringify(parts)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** The parts of a cursor, or undefined when nobody of ours wrote it. */
export function decodeCursor(cursor: string): readonly (string | number)[] | undefined {
  try {
    const parts: unknown = JSON.parse(atob(cursor.replaceAll('-', '+').replaceAll('_', '/')));
    return Array.isArray(parts) ? parts : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The id that a page goes on after; undefined for the first page.
 *
 * @throws {AppError} VALIDATION_ERROR for a cursor that is not ours
 */
export function idAfter<Id>(cursor: string | undefined, Id: z.ZodType<Id>): Id | undefined {
  if (cursor === undefined) return undefined;
  const [id, ...rest] = decodeCursor(cursor) ?? [];
  const parsed = Id.safeParse(id);
  if (!parsed.success || rest.length > 0) throw invalid('cursor', 'is not one of ours');
  return parsed.data;
}

/** The years that Postgres and JavaScript both know. */
const LATEST_MS = 1e14;

/**
 * The moment and the id that a page of a list by time goes on after; undefined for the first page.
 *
 * @throws {AppError} VALIDATION_ERROR for a cursor that is not ours
 */
export function momentAfter<Id>(
  cursor: string | undefined,
  Id: z.ZodType<Id>,
): { readonly at: Date; readonly id: Id } | undefined {
  if (cursor === undefined) return undefined;
  const [at, id, ...rest] = decodeCursor(cursor) ?? [];
  const parsed = Id.safeParse(id);
  const isMoment = typeof at === 'number' && Number.isSafeInteger(at) && Math.abs(at) <= LATEST_MS;
  if (!isMoment || !parsed.success || rest.length > 0) throw invalid('cursor', 'is not one of ours');
  return { at: new Date(at), id: parsed.data };
}

/** The query of a list that has no filters, and is short enough to come whole when nobody asks otherwise. */
export const ShortListQuery = z.strictObject({ cursor: Cursor.optional(), limit: limit(100) });

/**
 * A page of a list that is read whole because it is bounded by a few entries, such as someone's wallets. The cursor is a
 * position, so what is added or removed between two pages shifts the second.
 *
 * @throws {AppError} VALIDATION_ERROR for a cursor that is not ours
 */
export function pageOf<Entry>(
  entries: readonly Entry[],
  { cursor, limit }: z.output<typeof ShortListQuery>,
): { readonly page: Entry[]; readonly next_cursor: string | null } {
  const [start, ...rest] = cursor === undefined ? [0] : (decodeCursor(cursor) ?? []);
  if (typeof start !== 'number' || !Number.isSafeInteger(start) || start < 0 || rest.length > 0) {
    throw invalid('cursor', 'is not one of ours');
  }
  const end = start + limit;
  return { page: entries.slice(start, end), next_cursor: end < entries.length ? encodeCursor([end]) : null };
}
