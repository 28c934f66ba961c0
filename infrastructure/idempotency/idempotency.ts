import { AppError } from '#shared/errors.ts';
import type { Idempotency, KeyScope, StoredReply } from '#shared/http/idempotency.ts';
import { statement, type Tx } from '#shared/sql.ts';
import { type Claim, earlierReply, lockOf, textOf } from './claims.ts';
import { runMany } from './run-many.ts';

const CLAIM = statement('http.claim-key', 'SELECT taken, digest, status, body FROM http.claim_key($1, $2, $3, $4)');

const STORE = statement(
  'http.store-reply',
  `INSERT INTO http.idempotency_keys (user_id, call, key, digest, status, body) VALUES ($1, $2, $3, $4, $5, $6)`,
);

/**
 * Keys and answers in the database of the effect, two round trips more than the effect itself.
 *
 * While the first call runs, its transaction holds an advisory lock on the key; a twin fails to take it and is refused
 * at once. The lock goes with the transaction, so a crash leaves neither lock nor key.
 */
export function makeIdempotency(): Idempotency {
  return {
    async run(tx, scope, work) {
      if (scope.key === undefined) return await work();
      const earlier = earlierReply(scope, await claim(tx, scope));
      if (earlier instanceof AppError) throw earlier;
      // The stored reply is one that `work` of this call gave: the scope names the call.
      if (earlier !== undefined) return earlier as Awaited<ReturnType<typeof work>>;
      const reply = await work();
      await store(tx, scope, reply);
      return reply;
    },
    runMany,
  };
}

async function claim(tx: Tx, scope: KeyScope): Promise<Claim> {
  const [found] = await tx.rows<Claim>(CLAIM, [lockOf(scope), scope.userId, scope.call, scope.key?.key]);
  return found!;
}

async function store(tx: Tx, scope: KeyScope, { status, body }: StoredReply): Promise<void> {
  await tx.rows(STORE, [scope.userId, scope.call, scope.key?.key, scope.key?.digest, status, textOf(body)]);
}
