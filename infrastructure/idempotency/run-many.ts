import { AppError } from '#shared/errors.ts';
import type { Idempotency, KeyScope, StoredReply } from '#shared/http/idempotency.ts';
import { statement, type Tx } from '#shared/sql.ts';
import { type Claim, earlierReply, inFlight, lockOf, textOf } from './claims.ts';

const CLAIM_MANY = statement(
  'http.claim-keys',
  'SELECT taken, digest, status, body FROM http.claim_keys($1, $2, $3, $4)',
);

const STORE_MANY = statement(
  'http.store-replies',
  `INSERT INTO http.idempotency_keys (user_id, call, key, digest, status, body)
   SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::json[])`,
);

/** See {@link Idempotency.runMany}. */
export const runMany: Idempotency['runMany'] = async (tx, scopes, work) => {
  type Reply = Exclude<Awaited<ReturnType<typeof work>>[number], AppError>;
  const firsts = firstPlaces(scopes);
  const claims = await claimMany(tx, scopes, firsts);
  const fresh = scopes.flatMap((scope, place) => {
    const isFirst = scope.key === undefined || firsts.get(nameOf(scope)) === place;
    const claim = claims.get(place);
    return isFirst && (claim === undefined || earlierReply(scope, claim) === undefined) ? [place] : [];
  });
  const answers = fresh.length === 0 ? [] : await work(fresh);
  const answerAt = new Map(fresh.map((place, at) => [place, answers[at]!]));
  await storeMany(tx, scopes, answerAt);

  return scopes.map((scope, place): Reply | AppError => {
    const own = answerAt.get(place);
    if (own !== undefined) return own as Reply | AppError;
    const first = firsts.get(nameOf(scope))!;
    const earlier = earlierReply(scope, claims.get(first)!);
    // The stored reply is one that `work` of this call gave: the scope names the call.
    if (earlier !== undefined) return earlier as Reply | AppError;
    return replyOfTwin(scope, scopes[first]!, answerAt.get(first)!) as Reply | AppError;
  });
};

/** Where each key is named for the first time. */
function firstPlaces(scopes: readonly KeyScope[]): ReadonlyMap<string, number> {
  const firsts = new Map<string, number>();
  for (const [place, scope] of scopes.entries()) {
    if (scope.key !== undefined && !firsts.has(nameOf(scope))) firsts.set(nameOf(scope), place);
  }
  return firsts;
}

function nameOf({ userId, call, key }: KeyScope): string {
  return `${userId}\n${call}\n${key?.key}`;
}

/** What a call with the key of one that was done in the same transaction is answered. */
function replyOfTwin(scope: KeyScope, first: KeyScope, answer: StoredReply | AppError): StoredReply | AppError {
  if (scope.key?.digest === first.key?.digest) return answer;
  return answer instanceof AppError ? inFlight() : new AppError('IDEMPOTENCY_KEY_REUSED');
}

async function claimMany(
  tx: Tx,
  scopes: readonly KeyScope[],
  firsts: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<number, Claim>> {
  if (firsts.size === 0) return new Map();
  const places = [...firsts.values()];
  const named = places.map((place) => scopes[place]!);
  const found = await tx.rows<Claim>(CLAIM_MANY, [
    named.map(lockOf),
    named.map(({ userId }) => userId),
    named.map(({ call }) => call),
    named.map(({ key }) => key!.key),
  ]);
  return new Map(places.map((place, at) => [place, found[at]!]));
}

async function storeMany(
  tx: Tx,
  scopes: readonly KeyScope[],
  answerAt: ReadonlyMap<number, StoredReply | AppError>,
): Promise<void> {
  const kept = [...answerAt].flatMap(([place, reply]) => {
    const { userId, call, key } = scopes[place]!;
    return key === undefined || reply instanceof AppError ? [] : [{ userId, call, key, reply }];
  });
  if (kept.length === 0) return;
  await tx.rows(STORE_MANY, [
    kept.map(({ userId }) => userId),
    kept.map(({ call }) => call),
    kept.map(({ key }) => key.key),
    kept.map(({ key }) => key.digest),
    kept.map(({ reply }) => reply.status),
    kept.map(({ reply }) => textOf(reply.body)),
  ]);
}
