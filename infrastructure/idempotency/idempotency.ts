import { createHash } from 'node:crypto';
import { AppError } from '#shared/errors.ts';
import type { Idempotency, KeyScope, StoredReply } from '#shared/http/idempotency.ts';
import { statement, type Tx } from '#shared/sql.ts';

const CLAIM = statement('http.claim-key', 'SELECT taken, digest, status, body FROM http.claim_key($1, $2, $3, $4)');

const STORE = statement(
  'http.store-reply',
  `INSERT INTO http.idempotency_keys (user_id, call, key, digest, status, body) VALUES ($1, $2, $3, $4, $5, $6)`,
);

type Claim = {
  readonly taken: boolean;
  readonly digest: string | null;
  readonly status: number | null;
  readonly body: unknown;
};

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
      const { taken, digest, status, body } = await claim(tx, scope);
      if (digest !== null && status !== null) {
        if (digest !== scope.key.digest) throw new AppError('IDEMPOTENCY_KEY_REUSED');
        // The stored reply is one that `work` of this call gave: the scope names the call.
        return { status, body: body ?? undefined } as Awaited<ReturnType<typeof work>>;
      }
      if (!taken) throw new AppError('IDEMPOTENCY_KEY_IN_FLIGHT', { retryAfterS: 1 });
      const reply = await work();
      await store(tx, scope, reply);
      return reply;
    },
  };
}

async function claim(tx: Tx, scope: KeyScope): Promise<Claim> {
  const [found] = await tx.rows<Claim>(CLAIM, [lockOf(scope), scope.userId, scope.call, scope.key?.key]);
  return found!;
}

async function store(tx: Tx, scope: KeyScope, { status, body }: StoredReply): Promise<void> {
  const text = body === undefined ? null : JSON.stringify(body);
  await tx.rows(STORE, [scope.userId, scope.call, scope.key?.key, scope.key?.digest, status, text]);
}

/** 64 bits name the lock: two keys that share them refuse each other while in flight, once in 10^19 pairs. */
function lockOf({ userId, call, key }: KeyScope): bigint {
  const digest = createHash('sha256').update(`idempotency\n${userId}\n${call}\n${key?.key}`).digest();
  return digest.readBigInt64BE();
}
