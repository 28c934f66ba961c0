import { z } from 'zod';

/** Media that we hold ourselves. */
const OWN_MEDIA = /^\/api\/v1\/media\/[0-9a-f-]{36}$/;
/** A host that is a name with at least two labels and a top level that is not reserved for private use (RFC 6761, 8375). */
const PUBLIC_NAME = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const PRIVATE_TOP_LEVELS = new Set([
  'local',
  'localhost',
  'internal',
  'intranet',
  'lan',
  'home',
  'corp',
  'arpa',
  'onion',
  'test',
  'invalid',
]);

const CHARACTERS_MAX = 2048;

/**
 * An address that people give, for a picture or a website: https on a public name, or our own media URL. Literal IP
 * addresses are refused whole, which covers private, loopback and metadata ranges in every notation that the URL parser
 * folds. It comes out in its normal form, so what the parser drops or encodes, such as control characters, is not kept.
 */
export const PublicUrl = z
  .string()
  .max(CHARACTERS_MAX)
  .transform((text, context) => {
    const url = OWN_MEDIA.test(text) ? text : publicHttps(text);
    if (url !== undefined && url.length <= CHARACTERS_MAX) return url;
    context.addIssue({ code: 'custom', message: 'must be an https URL on a public host, or of our own media' });
    return z.NEVER;
  })
  .meta({ format: 'uri-reference' });

function publicHttps(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || url.protocol !== 'https:' || url.username !== '' || url.password !== '') return undefined;
  const topLevel = url.hostname.slice(url.hostname.lastIndexOf('.') + 1);
  return PUBLIC_NAME.test(url.hostname) && !PRIVATE_TOP_LEVELS.has(topLevel) ? url.href : undefined;
}
