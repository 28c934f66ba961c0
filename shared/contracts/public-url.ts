import { z } from 'zod';

/** Media that we hold ourselves. */
const OWN_MEDIA = /^\/api\/v1\/media\/[0-9a-f-]{36}$/;
/** A host that is a name with at least two labels and a top level that is not reserved for private use (RFC 6761, 8375). */
const PUBLIC_NAME = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const PRIVATE_TOP_LEVELS = new Set([
  'local',
  'localhost',
  'internal',
  'lan',
  'home',
  'corp',
  'arpa',
  'test',
  'invalid',
]);

/**
 * An address that people give for a picture: https on a public name, or our own media URL. Literal IP addresses are
 * refused whole, which covers private, loopback and metadata ranges in every notation the URL parser folds.
 */
export const PublicUrl = z
  .string()
  .max(2048)
  .refine((text) => OWN_MEDIA.test(text) || isPublicHttps(text), 'must be an https URL on a public host')
  .meta({ format: 'uri-reference' });

function isPublicHttps(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.protocol !== 'https:' || url.username !== '' || url.password !== '') return false;
  const topLevel = url.hostname.slice(url.hostname.lastIndexOf('.') + 1);
  return PUBLIC_NAME.test(url.hostname) && !PRIVATE_TOP_LEVELS.has(topLevel);
}
