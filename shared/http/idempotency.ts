import type { AppError } from '../errors.ts';
import type { UserId } from '../ids.ts';
import type { Tx } from '../sql.ts';
import type { IdempotencyKey } from './call.ts';

/** Whose key it is, for which call: keys are per user and route. */
export type KeyScope = { readonly userId: UserId; readonly call: string; readonly key: IdempotencyKey | undefined };

/** An answer as it was given the first time: JSON, so that a replay is the same to the byte. */
export type StoredReply = { readonly status: number; readonly body: unknown };

/**
 * Answers a call once per Idempotency-Key (draft-ietf-httpapi-idempotency-key-header).
 *
 * Key and answer are written in the transaction of the effect, so a crash leaves both or neither. A thrown error rolls
 * the key back, so a refused call burns none.
 */
export interface Idempotency {
  /**
   * Runs `work` unless the key was used before, in which case the first answer is given again.
   * Without a key it just runs `work`.
   *
   * @throws {AppError} IDEMPOTENCY_KEY_REUSED when the key was used with another body,
   *   IDEMPOTENCY_KEY_IN_FLIGHT while the first call with it is still running.
   */
  run<Reply extends StoredReply>(tx: Tx, scope: KeyScope, work: () => Promise<Reply>): Promise<Reply>;

  /**
   * The same for many calls in one transaction, each answered on its own, in their order, with two round trips in all.
   *
   * `work` is given the places of the calls that are to be done, none of them when there are none, and answers each, in
   * that order. A refused one burns no key, and has written nothing: its transaction goes on. Of several calls with one key
   * the first is done, and the others get its answer, be it a refusal, when their body is the same.
   */
  runMany<Reply extends StoredReply>(
    tx: Tx,
    scopes: readonly KeyScope[],
    work: (places: readonly number[]) => Promise<readonly (Reply | AppError)[]>,
  ): Promise<readonly (Reply | AppError)[]>;
}
