import type { Caller } from '#shared/caller.ts';
import type {
  DisputeBody,
  DisputeDetailBody,
  DisputeReviewBody,
  DisputesQuery,
} from '#shared/contracts/payments/disputes.ts';
import { AppError } from '#shared/errors.ts';
import { encodeCursor, idAfter } from '#shared/http/paging.ts';
import { DisputeId, type UserId } from '#shared/ids.ts';
import type { Databases } from '#shared/sql.ts';
import { isAboveStepUpSum } from '#shared/step-up-sums.ts';
import type { PaymentsPorts } from '../ports.ts';
import { audited } from '../told.ts';
import { decimalOf } from '../wire.ts';
import { type DisputeRow, findDispute, listDisputesOf, votesOn } from './dispute-store.ts';
import { disputeBody } from './views.ts';
import { wordsBy } from './words.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'outbox'>;
type Who = Pick<Caller, 'userId'>;
type Page = { readonly disputes: DisputeBody[]; readonly next_cursor: string | null };

/** Two reviewers for a sum that would need the PIN, one for less. */
export function votesNeeded({ amount, currency }: DisputeRow): number {
  return isAboveStepUpSum({ minor: amount, currency }) ? 2 : 1;
}

/** Disputes as their two sides and ops read them. What ops read of people is audited before it is answered. */
export function makeReadDisputes({ databases, outbox }: Ports) {
  const core = databases.of('core');

  async function pageOf(userId: UserId | undefined, { status, cursor, limit }: DisputesQuery): Promise<Page> {
    const rows = await listDisputesOf(core, userId, { status, after: idAfter(cursor, DisputeId), limit: limit + 1 });
    const page = rows.slice(0, limit);
    return {
      disputes: page.map(disputeBody),
      next_cursor: rows.length > limit ? encodeCursor([page.at(-1)!.id]) : null,
    };
  }

  async function readByOps(actor: UserId, subject: string, action: string): Promise<void> {
    await core.transaction((tx) => outbox.append(tx, { audit: [audited({ actor, action, subject, facts: {} })] }));
  }

  return {
    listDisputes: ({ userId }: Who, query: DisputesQuery): Promise<Page> => pageOf(userId, query),

    getDispute: async ({ userId }: Who, id: DisputeId): Promise<DisputeDetailBody> => {
      const row = await findDispute(core, id);
      if (row === undefined || ![row.customer_id, row.merchant_id].includes(userId)) throw absent();
      return await detailBody(databases, row);
    },

    listOpsDisputes: async ({ userId }: Who, query: DisputesQuery): Promise<Page> => {
      await readByOps(userId, userId, 'payments.disputes_listed');
      return await pageOf(undefined, query);
    },

    getOpsDispute: async ({ userId }: Who, id: DisputeId): Promise<DisputeReviewBody> => {
      const row = await findDispute(core, id);
      if (row === undefined) throw absent();
      await readByOps(userId, id, 'payments.dispute_read');
      return await reviewBody({ databases }, row);
    },
  };
}

async function detailBody(databases: Databases, row: DisputeRow): Promise<DisputeDetailBody> {
  const [customer, merchant] = await Promise.all([
    wordsBy(databases, row.id, row.customer_id),
    wordsBy(databases, row.id, row.merchant_id),
  ]);
  return { ...disputeBody(row), customer_text: customer, merchant_text: merchant };
}

export async function reviewBody({ databases }: Pick<Ports, 'databases'>, row: DisputeRow): Promise<DisputeReviewBody> {
  const votes = await votesOn(databases.of('core'), row.id);
  return {
    ...(await detailBody(databases, row)),
    votes_needed: votesNeeded(row),
    votes: votes.map((vote) => ({
      reviewer_id: vote.reviewer_id,
      outcome: vote.outcome,
      refund_amount: decimalOf(vote.refund, row.currency),
      at: vote.at.toISOString(),
    })),
  };
}

function absent(): AppError {
  return new AppError('NOT_FOUND', { message: 'There is no such dispute' });
}
