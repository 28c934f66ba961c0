import type { Caller } from '#shared/caller.ts';
import type { MoneyRequestBody } from '#shared/contracts/payments/requests.ts';
import { AppError } from '#shared/errors.ts';
import type { MoneyRequestId } from '#shared/ids.ts';
import type { PaymentsPorts } from '../ports.ts';
import { endRequest, findRequest, lockRequest } from './store.ts';
import { isOpen, requestBody, toldOfRequest } from './view.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'clock' | 'outbox'>;

const ENDS = { declined: 'payer_id', cancelled: 'requester_id' } as const;

/**
 * Ends a request without money: its payer declines it, or its requester takes it back. Again: changes nothing.
 *
 * @throws {AppError} NOT_FOUND, FORBIDDEN for the other side, CONFLICT when it has ended in another way
 */
export function makeEndRequest({ databases, clock, outbox }: Ports) {
  const core = databases.of('core');

  async function end(caller: Caller, id: MoneyRequestId, as: keyof typeof ENDS): Promise<MoneyRequestBody> {
    return await core.transaction(async (tx) => {
      const seen = await findRequest(tx, id, caller.userId);
      if (seen === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such request' });
      if (seen[ENDS[as]] !== caller.userId) throw new AppError('FORBIDDEN');
      const row = await lockRequest(tx, id);
      const at = clock();
      if (row.status === as) return requestBody(row, caller.userId, at);
      if (!isOpen(row, at)) throw new AppError('CONFLICT', { message: 'The request is no longer open' });
      await endRequest(tx, id, as, at);
      const ended = { ...row, status: as, updated_at: at };
      await outbox.append(tx, toldOfRequest(ended, caller.userId));
      return requestBody(ended, caller.userId, at);
    });
  }

  return {
    declineMoneyRequest: (caller: Caller, id: MoneyRequestId) => end(caller, id, 'declined'),
    cancelMoneyRequest: (caller: Caller, id: MoneyRequestId) => end(caller, id, 'cancelled'),
  };
}
