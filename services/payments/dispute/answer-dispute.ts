import type { Caller } from '#shared/caller.ts';
import type { DisputeBody } from '#shared/contracts/payments/disputes.ts';
import { AppError } from '#shared/errors.ts';
import type { DisputeId } from '#shared/ids.ts';
import type { PaymentsPorts } from '../ports.ts';
import { isOpen, withDispute } from './change.ts';
import type { DisputeRow } from './dispute-store.ts';
import { disputeBody } from './views.ts';
import { saveWords } from './words.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'clock' | 'outbox' | 'disputes'>;
type Who = Pick<Caller, 'userId'>;
type Answer = { readonly answer: 'accept' | 'contest'; readonly text: string | undefined };

/** What the two sides of a dispute do with it. The same step again changes nothing. */
export function makeAnswerDispute(ports: Ports) {
  const isTheirs =
    ({ userId }: Who) =>
    (row: DisputeRow) =>
      row.customer_id === userId || row.merchant_id === userId;

  return {
    /**
     * The merchant accepts, and the disputed sum goes back at once, or contests, and ops decide.
     *
     * @throws {AppError} NOT_FOUND, FORBIDDEN for the customer, CONFLICT when it is not to be answered any more
     */
    answerDispute: async (caller: Who, id: DisputeId, { answer, text }: Answer): Promise<DisputeBody> => {
      const row = await withDispute(ports, id, isTheirs(caller), async ({ row, at, move, resolve }) => {
        if (row.merchant_id !== caller.userId) throw new AppError('FORBIDDEN', { message: 'The merchant answers' });
        const hasAccepted = row.status === 'resolved' && row.decided_by === 'merchant';
        if ((answer === 'accept' && hasAccepted) || (answer === 'contest' && row.status === 'in_review')) return row;
        if (row.status !== 'awaiting_merchant') {
          throw new AppError('CONFLICT', { message: 'The dispute is not to be answered any more' });
        }
        if (answer === 'accept')
          return await resolve('merchant', caller.userId, { outcome: 'customer', refund: row.amount });
        const dueAt = new Date(at.getTime() + ports.disputes.reviewWithinMs);
        return await move({ status: 'in_review', review_due_at: dueAt }, 'payments.dispute_contested', caller.userId);
      });
      if (text !== undefined) await saveWords(ports.databases, id, caller.userId, text);
      return disputeBody(row);
    },

    /**
     * The customer takes it back.
     *
     * @throws {AppError} NOT_FOUND, FORBIDDEN for the merchant, CONFLICT when it is decided
     */
    withdrawDispute: async (caller: Who, id: DisputeId): Promise<DisputeBody> => {
      const row = await withDispute(ports, id, isTheirs(caller), async ({ row, move }) => {
        if (row.customer_id !== caller.userId)
          throw new AppError('FORBIDDEN', { message: 'The customer takes it back' });
        if (row.status === 'withdrawn') return row;
        if (!isOpen(row)) throw new AppError('CONFLICT', { message: 'The dispute is decided' });
        return await move({ status: 'withdrawn' }, 'payments.dispute_withdrawn', caller.userId);
      });
      return disputeBody(row);
    },
  };
}
