import { createHash } from 'node:crypto';
import { AppError } from '#shared/errors.ts';
import type { KeyScope, StoredReply } from '#shared/http/idempotency.ts';

/** What the database says of a key: whether this transaction holds it now, and the answer that is stored under it. */
export type Claim = {
  readonly taken: boolean;
  readonly digest: string | null;
  readonly status: number | null;
  readonly body: unknown;
};

/** What a key that was used before is answered; undefined for one that is now ours. */
export function earlierReply(
  scope: KeyScope,
  { taken, digest, status, body }: Claim,
): StoredReply | AppError | undefined {
  if (digest !== null && status !== null) {
    if (digest !== scope.key?.digest) return new AppError('IDEMPOTENCY_KEY_REUSED');
    return { status, body: body ?? undefined };
  }
  return taken ? undefined : inFlight();
}

export function inFlight(): AppError {
  return new AppError('IDEMPOTENCY_KEY_IN_FLIGHT', { retryAfterS: 1 });
}

/** A body as it is kept. */
export function textOf(body: unknown): string | null {
  return body === undefined ? null : JSON.stringify(body);
}

/** 64 bits name the lock: two keys that share them refuse each other while in flight, once in 10^19 pairs. */
export function lockOf({ userId, call, key }: KeyScope): bigint {
  const digest = createHash('sha256').update(`idempotency\n${userId}\n${call}\n${key?.key}`).digest();
  return digest.readBigInt64BE();
}
