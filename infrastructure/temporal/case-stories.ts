import { type Client, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { CaseStories } from '#services/verification/ports.ts';
import type { CaseKind } from '#shared/contracts/verification/reviews.ts';
import type { CaseId } from '#shared/ids.ts';
import type { Log } from '#shared/log.ts';
import { SECOND } from '#shared/time.ts';
import { CASE_ANSWERED_UPDATE, CASE_WITHDRAW_UPDATE, CASE_WORKFLOWS, type CaseMark } from '#shared/workflows/case.ts';
import { workflowId } from '#shared/workflows/command.ts';

type Options = {
  readonly client: Client;
  readonly log: Log;
  /** How long a story may take to answer, in milliseconds. */
  readonly answerWithinMs?: number;
};

/** The row has it all by then, so a person waits no longer for a story that is away. */
const ANSWER_WITHIN_MS = 2 * SECOND;

/**
 * Asks the stories of cases, by Updates of their workflows. One that has not started, has ended, runs under code that does
 * not know the Update, or cannot be reached, is away.
 */
export function makeCaseStories({ client, log, answerWithinMs = ANSWER_WITHIN_MS }: Options): CaseStories {
  async function ask(kind: CaseKind, caseId: CaseId, update: string, updateId: string) {
    const story = client.workflow.getHandle(workflowId(CASE_WORKFLOWS[kind], caseId));
    try {
      const mark = await client.withDeadline(Date.now() + answerWithinMs, () =>
        story.executeUpdate<CaseMark, []>(update, { updateId }),
      );
      return mark.state;
    } catch (err) {
      if (isRefusal(err)) return 'refused';
      log.info({ caseId, update, err }, 'the story of a case is away');
      return 'away';
    }
  }

  return {
    // Named by what it does, so that a second click joins the first one.
    withdraw: (kind, id) => ask(kind, id, CASE_WITHDRAW_UPDATE, CASE_WITHDRAW_UPDATE),
    answered: (kind, id, round) => ask(kind, id, CASE_ANSWERED_UPDATE, `${CASE_ANSWERED_UPDATE}-${round}`),
  };
}

function isRefusal(error: unknown): boolean {
  return (
    error instanceof WorkflowUpdateFailedError &&
    error.cause instanceof ApplicationFailure &&
    error.cause.type === 'CONFLICT'
  );
}
