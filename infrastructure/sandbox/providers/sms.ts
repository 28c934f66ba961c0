import type { Request } from 'express';

/**
 * SMS APIs carry no language, so our adapters name it in a header of our own, which real providers ignore.
 * The sandbox shows it in the inbox.
 */
const LOCALE_HEADER = 'x-tchat-locale';

/** The language that the sender named, or null. */
export function localeOf(request: Request): string | null {
  return request.get(LOCALE_HEADER) ?? null;
}

/** From accepting a text to the report of its delivery: long enough for the sender to have noted the message's id. */
export const DELIVERED_AFTER_MS = 50;
