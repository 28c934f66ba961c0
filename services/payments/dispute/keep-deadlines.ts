import type { DisputeStatus } from '#shared/contracts/payments/disputes.ts';
import type { DisputeId } from '#shared/ids.ts';
import type { PaymentsPorts } from '../ports.ts';
import { DISPUTE_ACTOR, withDispute } from './change.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'clock' | 'outbox' | 'disputes' | 'log'>;

const anyone = () => true;

/** What a dispute's workflow does when time runs out. Each answers where the dispute is then, and may be repeated. */
export function makeKeepDeadlines(ports: Ports) {
  return {
    /** The merchant has not answered: the customer gets back what they dispute. */
    missDisputeAnswer: async (id: DisputeId): Promise<DisputeStatus> => {
      const { status } = await withDispute(ports, id, anyone, async ({ row, resolve }) =>
        row.status === 'awaiting_merchant'
          ? await resolve('deadline', DISPUTE_ACTOR, { outcome: 'customer', refund: row.amount })
          : row,
      );
      return status;
    },

    /** Ops have not decided: an operator is alarmed, and they get as long again. */
    escalateDispute: async (id: DisputeId): Promise<DisputeStatus> => {
      const { status } = await withDispute(ports, id, anyone, async ({ row, at, move }) => {
        const isOverdue = row.status === 'in_review' && row.review_due_at !== null && row.review_due_at <= at;
        if (!isOverdue) return row;
        const escalations = row.escalations + 1;
        ports.log.error({ disputeId: id, escalations }, 'a dispute waits for a decision of ops past its time');
        const dueAt = new Date(at.getTime() + ports.disputes.reviewWithinMs);
        return await move({ escalations, review_due_at: dueAt }, 'payments.dispute_escalated', DISPUTE_ACTOR);
      });
      return status;
    },
  };
}
