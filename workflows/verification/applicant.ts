import { ApplicationFailure, defineUpdate, setHandler } from '@temporalio/workflow';
import {
  CASE_ANSWERED_UPDATE,
  CASE_WITHDRAW_UPDATE,
  type CaseInput,
  type CaseMark,
  type CaseState,
} from '#shared/workflows/case.ts';
import { write } from './steps.ts';
import type { Wait } from './wait.ts';

const answered = defineUpdate<CaseMark>(CASE_ANSWERED_UPDATE);
const withdraw = defineUpdate<CaseMark>(CASE_WITHDRAW_UPDATE);

/** While a reviewer looks at it, nobody takes a case back: who may not would learn that they are on a list. */
const WITHDRAWABLE: ReadonlySet<CaseState> = new Set(['checking', 'asking', 'withdrawn']);
/** The signal of the same answer may have been here before. */
const ANSWERABLE: ReadonlySet<CaseState> = new Set(['checking', 'asking', 'review']);

/**
 * What an applicant asks of the case, and is answered at once. The row decides here, too: an update that nobody sent, or
 * that comes late, finds it as it is. Cases that began before there were updates hear them from this code on, since a
 * handler leaves no trace in a history until it is used.
 */
export function hearApplicant({ caseId }: CaseInput, wait: Wait): void {
  setHandler(answered, async () => ({ state: wait.state() === 'asking' ? await wait.lookedAnew() : wait.state() }), {
    validator: () => mustBeIn(ANSWERABLE, wait.state(), 'The case waits for no answer'),
  });
  setHandler(
    withdraw,
    async () => {
      const state = await write.withdraw({ caseId });
      if (state !== 'withdrawn') throw conflict('The case can no longer be taken back');
      wait.wake();
      return { state };
    },
    { validator: () => mustBeIn(WITHDRAWABLE, wait.state(), 'The case can no longer be taken back') },
  );
}

function mustBeIn(states: ReadonlySet<CaseState>, state: CaseState, why: string): void {
  if (!states.has(state)) throw conflict(why);
}

function conflict(why: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(why, 'CONFLICT');
}
