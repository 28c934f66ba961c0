import type { Caller } from '#shared/caller.ts';
import type { DisputeOutcome, DisputeReviewBody } from '#shared/contracts/payments/disputes.ts';
import { AppError, invalid } from '#shared/errors.ts';
import type { DisputeId } from '#shared/ids.ts';
import { positiveMoney } from '#shared/money.ts';
import type { PaymentsPorts } from '../ports.ts';
import { audited } from '../told.ts';
import { decimalOf } from '../wire.ts';
import { withDispute } from './change.ts';
import { type DisputeRow, saveVote, votesOn } from './dispute-store.ts';
import { reviewBody, votesNeeded } from './read-disputes.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'clock' | 'outbox'>;
type Decision = { readonly outcome: DisputeOutcome; readonly amount: string | undefined };

/**
 * What a reviewer says of a contested dispute. It is decided when enough of them say the same, to the sum; until then each
 * may still change their own word.
 *
 * @throws {AppError} NOT_FOUND, FORBIDDEN for someone who is a side of it, CONFLICT when it is not in review,
 *   VALIDATION_ERROR
 */
export function makeDecideDispute(ports: Ports) {
  return async ({ userId }: Pick<Caller, 'userId'>, id: DisputeId, decision: Decision): Promise<DisputeReviewBody> => {
    const { outcome } = decision;
    const row = await withDispute(
      ports,
      id,
      () => true,
      async ({ tx, row, at, resolve }) => {
        if (row.customer_id === userId || row.merchant_id === userId) {
          throw new AppError('FORBIDDEN', { message: 'This is about your own money: someone else must decide' });
        }
        if (row.status !== 'in_review') throw new AppError('CONFLICT', { message: 'The dispute is not in review' });
        const refund = refundOf(row, decision);
        await saveVote(tx, id, { reviewer_id: userId, outcome, refund, at });
        const facts = { outcome, refund_amount: decimalOf(refund, row.currency), currency: row.currency };
        const voted = audited({ actor: userId, action: 'payments.dispute_voted', subject: id, facts });
        await ports.outbox.append(tx, { audit: [voted] });
        const votes = await votesOn(tx, id);
        const agreeing = votes.filter((vote) => vote.outcome === outcome && vote.refund === refund);
        return agreeing.length < votesNeeded(row) ? row : await resolve('ops', userId, { outcome, refund });
      },
    );
    return await reviewBody(ports, row);
  };
}

/** What goes back by a decision, in minor units. */
function refundOf({ amount, currency }: DisputeRow, decision: Decision): bigint {
  if (decision.outcome === 'merchant') {
    if (decision.amount !== undefined) throw invalid('amount', 'is for decisions in favour of the customer');
    return 0n;
  }
  if (decision.amount === undefined) return amount;
  const money = positiveMoney(decision.amount, currency);
  if (typeof money === 'string') throw invalid('amount', money);
  if (money.minor > amount) throw invalid('amount', 'is more than is disputed');
  return money.minor;
}
