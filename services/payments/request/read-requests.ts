import type { Caller } from '#shared/caller.ts';
import type { MoneyRequestBody } from '#shared/contracts/payments/requests.ts';
import { AppError } from '#shared/errors.ts';
import { encodeCursor, momentAfter } from '#shared/http/paging.ts';
import { MoneyRequestId } from '#shared/ids.ts';
import type { PaymentsPorts } from '../ports.ts';
import { findRequest, listRequests } from './store.ts';
import { requestBody } from './view.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'clock'>;

export type ListMoneyRequests = {
  readonly direction: 'incoming' | 'outgoing';
  readonly cursor?: string | undefined;
  readonly limit: number;
};

/** Requests for the two who are its sides; to anybody else each is absent. */
export function makeReadRequests({ databases, clock }: Ports) {
  const core = databases.of('core');
  return {
    getMoneyRequest: async ({ userId }: Pick<Caller, 'userId'>, id: MoneyRequestId): Promise<MoneyRequestBody> => {
      const row = await findRequest(core, id, userId);
      if (row === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such request' });
      return requestBody(row, userId, clock());
    },

    listMoneyRequests: async ({ userId }: Caller, { direction, cursor, limit }: ListMoneyRequests) => {
      // One more than asked for tells whether there is a next page.
      const rows = await listRequests(core, userId, direction, momentAfter(cursor, MoneyRequestId), limit + 1);
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      return {
        requests: rows.slice(0, limit).map((row) => requestBody(row, userId, clock())),
        next_cursor: last === undefined ? null : encodeCursor([last.created_at.getTime(), last.id]),
      };
    },
  };
}
