import type { Caller } from '#shared/caller.ts';
import type { TransactionBody } from '#shared/contracts/payments/transaction.ts';
import { AppError } from '#shared/errors.ts';
import type { IdempotencyKey } from '#shared/http/call.ts';
import type { MoneyRequestId, TransactionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Tx } from '#shared/sql.ts';
import { listWalletsOf } from '../store/wallets.ts';
import type { AskedTransfer } from '../transfer/asked.ts';
import { judgeAll, type Judged } from '../transfer/judge.ts';
import { settle, type TransferPorts } from '../transfer/run-batch.ts';
import { endRequest, findRequest, lockRequest } from './store.ts';
import { isOpen, toldOfRequest } from './view.ts';

export type PayRequest = {
  readonly id: MoneyRequestId;
  readonly description: string | undefined;
};

/**
 * Pays what one is asked for: a transfer under all the rules of one, with the request's id as its reference, and the end of
 * the request in the same transaction. However many try at once, one pays.
 *
 * @throws {AppError} NOT_FOUND, FORBIDDEN for the requester, CONFLICT when it is no longer open, and what a transfer
 *   refuses with
 */
export function makePayRequest(ports: TransferPorts) {
  const { databases, clock, idempotency, outbox } = ports;
  const core = databases.of('core');

  return async (
    caller: Caller,
    { id, description }: PayRequest,
    { key, stepUpToken }: { readonly key: IdempotencyKey | undefined; readonly stepUpToken: string | undefined },
  ): Promise<TransactionBody> => {
    const request = await findRequest(core, id, caller.userId);
    if (request === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such request' });
    if (request.payer_id !== caller.userId) throw new AppError('FORBIDDEN');
    const { currency, amount: minor, requester_id: recipientId, note } = request;
    const wallets = await listWalletsOf(core, caller.userId);
    const wallet = wallets.find((wallet) => wallet.currency === currency);
    if (wallet === undefined) {
      throw new AppError('INSUFFICIENT_FUNDS', { details: `You have no wallet in ${currency}` });
    }
    const money = { minor, currency };
    const one: AskedTransfer = {
      caller,
      asked: { walletId: wallet.id, recipientId, money, description: description ?? note ?? undefined, reference: id },
      key,
      stepUpToken,
      ids: { out: newId<TransactionId>('core'), in: newId<TransactionId>('core') },
      at: clock(),
    };
    const [judged] = await judgeAll(ports, [one]);

    async function payOnce(tx: Tx, judgement: Judged | AppError) {
      const row = await lockRequest(tx, id);
      if (!isOpen(row, one.at)) return new AppError('CONFLICT', { message: 'The request is no longer open' });
      const [reply] = await settle(ports, tx, [{ one, judged: judgement }]);
      if (reply instanceof AppError) return reply;
      await endRequest(tx, id, 'paid', one.at, one.ids.out);
      await outbox.append(tx, toldOfRequest({ ...row, status: 'paid', updated_at: one.at }, caller.userId));
      return reply!;
    }

    // A refusal is an answer and not a throw, so that what is written of it stays.
    const scope = { userId: caller.userId, call: 'payMoneyRequest', key };
    const [reply] = await core.transaction((tx) =>
      idempotency.runMany(tx, [scope], (places) => Promise.all(places.map(() => payOnce(tx, judged!)))),
    );
    if (reply instanceof AppError) throw reply;
    return reply!.body;
  };
}
