import { Stripe } from 'stripe';
import { AppError } from '#shared/errors.ts';
import { SECOND } from '#shared/time.ts';

/** A webhook that is older, or from further ahead, is refused: a recording of it must not be played later. */
const AGE_MAX_S = 300;

/**
 * Checks what Stripe signs: `Stripe-Signature: t=…,v1=…`, the hexadecimal HMAC-SHA256 of `{t}.{raw body}` under the
 * endpoint's secret; several v1 while the secret is rotated.
 *
 * @throws {AppError} UNAUTHORIZED
 */
export function checkStripeSignature(secret: string, header: string, body: Uint8Array, now: Date): void {
  const signedAtS = Number(/(?:^|,)t=(\d{1,12})(?:,|$)/.exec(header)?.[1] ?? Number.NaN);
  if (!(Math.abs(now.getTime() / SECOND - signedAtS) <= AGE_MAX_S))
    throw refused('The webhook is too old, or not signed');
  const { signature } = Stripe.webhooks;
  if (signature === null) throw new TypeError('the client of Stripe was built without signatures');
  try {
    signature.verifyHeader(Buffer.from(body), header, secret, AGE_MAX_S, undefined, now.getTime());
  } catch {
    throw refused('The signature is wrong');
  }
}

function refused(details: string): AppError {
  return new AppError('UNAUTHORIZED', { message: 'This webhook is not believed', details });
}
