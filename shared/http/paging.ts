import { z } from 'zod';

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
