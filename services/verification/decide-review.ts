import type { Caller } from '#shared/caller.ts';
import type { Decision, DecisionBody, Review } from '#shared/contracts/verification/reviews.ts';
import { AppError, unreachable } from '#shared/errors.ts';
import type { NewEvent } from '#shared/events/event.ts';
import type { CaseId } from '#shared/ids.ts';
import type { Tx } from '#shared/sql.ts';
import { refuseOwn } from './find-reviews.ts';
import type { VerificationPorts } from './ports.ts';
import { readCase, withCase } from './read-case.ts';
import { tally } from './rules.ts';
import { type CaseRow, moveCase } from './store/cases.ts';
import { insertVote, type VoteRow, votesOf } from './store/votes.ts';
import { audited, changed } from './told.ts';
import { reviewView } from './views.ts';

/** What is decided where nothing is said. Later rounds have to be named: something came that the reviewer may not have seen. */
const FIRST_ROUND = 1;

/**
 * A reviewer's word on a case. It is the last one when enough of them have said the same; the case's workflow, woken by
 * the event, finds the outcome in the row. The same word twice is said once.
 *
 * @throws {AppError} NOT_FOUND; FORBIDDEN for one's own case; CONFLICT when it waits for no reviewer, another submission or
 *   a hit on a list has come since the reviewer looked, or this reviewer has said otherwise
 */
export function makeDecideReview(ports: VerificationPorts) {
  return async (caller: Caller, id: CaseId, body: DecisionBody): Promise<Review> => {
    await refuseOwn(ports, caller, await readCase(ports, id), 'review_decided');
    return await withCase(ports, id, async (tx, row) => {
      const votes = await votesOf(tx, [row]);
      const said = votes.find(({ reviewer_id: reviewer }) => reviewer === caller.userId);
      if ((body.round ?? FIRST_ROUND) !== row.round) {
        throw new AppError('CONFLICT', { details: `Round ${row.round} is decided by now: look at it first` });
      }
      if (said !== undefined) {
        if (said.decision === body.decision) return reviewView(row, votes);
        throw new AppError('CONFLICT', { details: 'You have decided otherwise already' });
      }
      if (row.state !== 'review') throw new AppError('CONFLICT', { details: 'The case waits for no reviewer' });
      return await vote(ports, tx, row, votes, caller, body);
    });
  };
}

async function vote(
  ports: VerificationPorts,
  tx: Tx,
  row: CaseRow,
  before: readonly VoteRow[],
  caller: Caller,
  body: DecisionBody,
): Promise<Review> {
  const at = ports.clock();
  const mine: VoteRow = {
    case_id: row.id,
    round: row.round,
    reviewer_id: caller.userId,
    decision: body.decision,
    reason: body.reason ?? null,
    wanted: body.decision === 'ask_again' ? body.wanted : [],
    voted_at: at,
  };
  await insertVote(tx, mine);
  const votes = [...before, mine];
  const outcome = tally(votes, row.risk);
  const after = outcome === undefined ? row : await moveCase(tx, row, moveOf(outcome, mine, at), at);
  const events: NewEvent[] = outcome === undefined ? [] : [changed(after, 'decided')];
  const facts = { decision: body.decision, outcome: outcome ?? 'open', risk: row.risk };
  await ports.outbox.append(tx, { events, audit: [audited(row, 'review_decided', facts, caller.userId)] });
  return reviewView(after, votes);
}

function moveOf(outcome: Decision, { reason, wanted }: VoteRow, at: Date) {
  switch (outcome) {
    case 'approve':
      return { state: 'approved', reason: null, decided_at: at } as const;
    case 'reject':
      return { state: 'refused', reason: reason ?? 'declined_by_review', decided_at: at } as const;
    case 'ask_again':
      return { state: 'asking', reason, wanted, waiting_since: at } as const;
    default:
      return unreachable(outcome);
  }
}
