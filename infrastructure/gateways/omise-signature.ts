import { createHmac, timingSafeEqual } from 'node:crypto';
import { AppError } from '#shared/errors.ts';
import { MINUTE, SECOND } from '#shared/time.ts';

/** A webhook that is older, or from further ahead, is refused: a recording of it must not be played later. */
const AGE_MAX_MS = 5 * MINUTE;

/**
 * Checks what Omise signs: `Omise-Signature` is the hexadecimal HMAC-SHA256 of `{Omise-Signature-Timestamp}.{raw body}`
 * under the base64-decoded secret; two signatures, comma separated, while the secret is rotated.
 *
 * @throws {AppError} UNAUTHORIZED
 */
export function checkOmiseSignature(
  secret: string,
  headers: Readonly<Record<string, string | undefined>>,
  body: Uint8Array,
  now: Date,
): void {
  const timestamp = headers['omise-signature-timestamp'] ?? '';
  const signatures = headers['omise-signature'] ?? '';
  if (!/^\d{1,12}$/.test(timestamp)) throw refused('The timestamp is missing');
  if (Math.abs(now.getTime() - Number(timestamp) * SECOND) > AGE_MAX_MS) throw refused('The webhook is too old');
  const expected = createHmac('sha256', Buffer.from(secret, 'base64')).update(`${timestamp}.`).update(body).digest();
  const good = signatures.split(',').some((signature) => {
    const given = Buffer.from(signature.trim(), 'hex');
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  if (!good) throw refused('The signature is wrong');
}

function refused(details: string): AppError {
  return new AppError('UNAUTHORIZED', { message: 'This webhook is not believed', details });
}
