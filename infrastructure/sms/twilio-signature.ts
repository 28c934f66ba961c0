import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ProviderRequest } from '#services/auth/ports.ts';
import { AppError } from '#shared/errors.ts';

/**
 * The fields of a callback of Twilio's, once its signature fits: HMAC-SHA1 over the URL and each field's name and value,
 * by order of name.
 *
 * @throws {AppError} UNAUTHORIZED unless Twilio signed it for this URL
 */
export function signedFields(
  { headers, query, body }: ProviderRequest,
  { authToken, reportUrl }: { readonly authToken: string; readonly reportUrl: string },
): Readonly<Record<string, string>> {
  const fields = [...new URLSearchParams(Buffer.from(body).toString('utf8'))];
  const sorted = fields.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const url = query === '' ? reportUrl : `${reportUrl}?${query}`;
  const expected = createHmac('sha1', authToken)
    .update(url + sorted.flat().join(''))
    .digest();
  const signature = Buffer.from(headers['x-twilio-signature'] ?? '', 'base64');
  const isSigned = signature.length === expected.length && timingSafeEqual(signature, expected);
  if (!isSigned) throw new AppError('UNAUTHORIZED', { message: 'The signature does not fit' });
  return Object.fromEntries(fields);
}
