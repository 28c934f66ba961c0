import { createHash, timingSafeEqual } from 'node:crypto';
import { AppError } from '#shared/errors.ts';

/**
 * Whether a webhook shows the account's `x-callback-token`, compared in a time that says nothing of it or of its length.
 *
 * @throws {AppError} UNAUTHORIZED
 */
export function checkCallbackToken(token: string, given: string): void {
  if (!timingSafeEqual(digest(token), digest(given))) {
    throw new AppError('UNAUTHORIZED', { message: 'This webhook is not believed', details: 'The token is wrong' });
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
