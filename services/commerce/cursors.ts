import { invalid } from '#shared/errors.ts';
import { decodeCursor } from '#shared/http/paging.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The id that a page goes on after. @throws {AppError} VALIDATION_ERROR for a cursor that is not ours */
export function idAfter(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const [id, ...rest] = decodeCursor(cursor) ?? [];
  if (typeof id !== 'string' || !UUID.test(id) || rest.length > 0) throw invalid('cursor', 'is not one of ours');
  return id;
}

/** The price, in minor units, and the id that a page by price goes on after. @throws {AppError} VALIDATION_ERROR */
export function priceAfter(cursor: string | undefined): { price: string; id: string } | undefined {
  if (cursor === undefined) return undefined;
  const [price, id, ...rest] = decodeCursor(cursor) ?? [];
  const good = typeof price === 'string' && /^\d{1,18}$/.test(price) && typeof id === 'string' && UUID.test(id);
  if (!good || rest.length > 0) throw invalid('cursor', 'is not one of ours');
  return { price, id };
}
