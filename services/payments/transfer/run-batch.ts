import type { TransactionBody } from '#shared/contracts/payments/transaction.ts';
import { AppError } from '#shared/errors.ts';
import type { KeyScope } from '#shared/http/idempotency.ts';
import type { Tx } from '#shared/sql.ts';
import { walletOpened } from '../create-wallet.ts';
import { insertTravelRecord } from '../compliance/travel-store.ts';
import type { PaymentsPorts } from '../ports.ts';
import { insertTransactions } from '../store/transactions.ts';
import { toldRefusal } from '../told.ts';
import { transactionBody } from '../wire.ts';
import type { AskedTransfer } from './asked.ts';
import { judgeAll, type Judged } from './judge.ts';
import { type Passed, passRules, takeBack } from './pass-rules.ts';
import { postAll, type PostedAll } from './post-all.ts';
import { rowOf, type Written } from './written.ts';

export type TransferPorts = Pick<
  PaymentsPorts,
  | 'databases'
  | 'people'
  | 'stepUp'
  | 'clock'
  | 'idempotency'
  | 'outbox'
  | 'publicUrl'
  | 'velocityRules'
  | 'ruleMeters'
  | 'parties'
>;

type Reply = { readonly status: 201; readonly body: TransactionBody };
type Settled = { readonly one: AskedTransfer; readonly judged: Judged | AppError };

/**
 * Does a batch of transfers in one database transaction: what can be judged without a lock is read first, with one round
 * trip to each store; then keys, ledger, transactions, events and answers take one round trip each, whatever the number of
 * transfers.
 *
 * Each transfer is answered on its own. A refused one writes nothing but its audit entry and keeps no key.
 */
export function makeTransferBatch(ports: TransferPorts) {
  const core = ports.databases.of('core');
  return async (batch: readonly AskedTransfer[]): Promise<readonly (TransactionBody | AppError)[]> => {
    const judged = await judgeAll(ports, batch);
    const replies = await core.transaction((tx) =>
      ports.idempotency.runMany(tx, batch.map(scopeOf), (places) =>
        settle(
          ports,
          tx,
          places.map((place) => ({ one: batch[place]!, judged: judged[place]! })),
        ),
      ),
    );
    return replies.map((reply) => (reply instanceof AppError ? reply : reply.body));
  };
}

function scopeOf({ caller, key }: AskedTransfer): KeyScope {
  return { userId: caller.userId, call: 'createTransfer', key };
}

/** Posts those that may be, and writes what all of them leave behind. */
export async function settle(
  ports: TransferPorts,
  tx: Tx,
  asked: readonly Settled[],
): Promise<readonly (Reply | AppError)[]> {
  const results = new Map<AskedTransfer, Written | AppError>();
  for (const { one, judged } of asked) if (judged instanceof AppError) results.set(one, judged);
  const judged = asked.filter((each): each is Passed => !(each.judged instanceof AppError));
  const { passed, refused } = await passRules(ports, tx, judged);
  for (const [one, refusal] of refused) results.set(one, refusal);
  const posted = await postAll(tx, passed);
  for (const [place, { one }] of passed.entries()) results.set(one, posted.results[place]!);
  await takeBack(
    tx,
    passed.filter((_, place) => posted.results[place] instanceof AppError),
  );

  const all = asked.map(({ one }) => results.get(one)!);
  await write(ports, tx, asked, all, posted);
  return all.map((result) =>
    result instanceof AppError ? result : { status: 201, body: transactionBody(rowOf(result.out), ports.publicUrl) },
  );
}

async function write(
  ports: TransferPorts,
  tx: Tx,
  asked: readonly Settled[],
  results: readonly (Written | AppError)[],
  { opened }: PostedAll,
): Promise<void> {
  const done = results.filter((result): result is Written => !(result instanceof AppError));
  const made = done.flatMap(({ out, into }) => [out, into]);
  if (made.length > 0) await insertTransactions(tx, made);
  for (const [place, result] of results.entries()) {
    const { judged } = asked[place]!;
    if (result instanceof AppError || judged instanceof AppError || judged.travel === undefined) continue;
    await insertTravelRecord(tx, { ...judged.travel, transaction_id: result.out.id, recorded_at: result.out.at });
  }
  const openings = opened.map(({ walletId, userId, currency }) => walletOpened(walletId, userId, currency, 'system'));
  const audit = [...openings.flatMap((one) => one.audit), ...done.map((one) => one.audit)];
  for (const [place, result] of results.entries()) {
    if (result instanceof AppError) audit.push(...(await toldRefusal(ports, tx, entryOf(asked[place]!.one), result)));
  }
  const events = [...openings.flatMap((one) => one.events), ...done.flatMap((one) => one.events)];
  await ports.outbox.append(tx, { events, audit });
}

function entryOf({ caller, asked }: AskedTransfer) {
  return { actor: caller.userId, action: 'payments.transferred', subject: asked.walletId };
}
