import type { z } from 'zod';
import { MINUTE } from '#shared/time.ts';
import { foundOrAbsent, omiseAway, type OmiseCall } from './omise-call.ts';
import { OmiseChargeList } from './omise-wire.ts';

const PAGE = 100;
/** How many a search by reference looks through: as many as are made within its few minutes, and to spare. */
const PAGES_MAX = 50;
/** Our clock and Omise's may differ by this. */
const CLOCK_SKEW_MS = 2 * MINUTE;

/**
 * Looks through one of Omise's lists for what was made under our reference since it was first asked for. Its search is a
 * copy that lags behind; its lists are not.
 *
 * @param path such as `/transfers`
 * @param where `mustBe` for a list that is always there: without it what it holds is unknown, not nothing
 * @throws {AppError} UPSTREAM_UNAVAILABLE when the list is too long to tell
 */
export async function findInOmiseList<Schema extends z.ZodType<{ readonly reference: string }>>(
  call: OmiseCall,
  path: string,
  schema: Schema,
  where: { readonly reference: string; readonly askedAt?: Date; readonly mustBe?: true },
): Promise<z.output<Schema> | undefined> {
  const { reference, askedAt, mustBe } = where;
  const query = new URLSearchParams({ order: 'chronological', limit: PAGE.toString() });
  if (askedAt !== undefined) query.set('from', new Date(askedAt.getTime() - CLOCK_SKEW_MS).toISOString());
  for (let page = 0; page < PAGES_MAX; page++) {
    query.set('offset', (page * PAGE).toString());
    const list = foundOrAbsent(OmiseChargeList, await call('GET', `${path}?${query.toString()}`));
    if (list === undefined && mustBe === true) throw omiseAway(`there is no list ${path}`);
    if (list === undefined) return undefined;
    for (const item of list.data) {
      // What others made with this account may look otherwise; it is not ours then.
      const found = schema.safeParse(item);
      if (found.success && found.data.reference === reference) return found.data;
    }
    if (list.data.length < PAGE) return undefined;
  }
  throw omiseAway(`${PAGES_MAX} pages of ${path} do not show ${reference}`);
}
