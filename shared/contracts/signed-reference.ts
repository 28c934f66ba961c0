import { z } from 'zod';

/** An HMAC-SHA-256 in base64url. */
const SIGNATURE = /^[\w-]{43}$/;

/**
 * The query of a delivery report's address, for a provider that signs nothing: we gave it the address with what it is of and a
 * signature of our own, and it gives both back.
 */
export function signedReference<Id extends z.ZodType>(Id: Id) {
  return z.strictObject({ ref: Id.optional(), sig: z.string().regex(SIGNATURE).optional() });
}
