import { allHandlersFinished, condition, continueAsNew, patched } from '@temporalio/workflow';
import { DAY } from '#shared/time.ts';
import type { CaseInput, CaseOutcome, CaseState } from '#shared/workflows/case.ts';
import { hearApplicant } from './applicant.ts';
import { apply, ask, write } from './steps.ts';
import { openWait, type Wait } from './wait.ts';

/** After so many unheard escalations nobody is told again; the queue of reviewers shows the case as overdue for ever. */
const ESCALATIONS_MAX = 10;
/** A list that was searched longer ago than this is searched again before an approval counts. */
const SCREENED_FOR_MS = 7 * DAY;
/** Days before a document expires on which its owner is told. */
const REMIND_DAYS_BEFORE = [30, 7, 1];

/** Verifies a person for a tier. */
export function kyc(input: CaseInput): Promise<CaseOutcome> {
  return tell(input);
}

/** Verifies a shop. */
export function kyb(input: CaseInput): Promise<CaseOutcome> {
  return tell(input);
}

/**
 * Leads a case from its submission to its rest, and on to the day on which its documents expire.
 *
 * The case's row says where it is; the story does what that state needs and looks again. People act on the row, by calls,
 * and the signal that follows says only that they did: one that is lost costs a wait, and one that is forged decides
 * nothing.
 */
async function tell(input: CaseInput): Promise<CaseOutcome> {
  const wait = openWait();
  hearApplicant(input, wait);
  const told = input.watch === undefined ? await decide(input, wait) : await watch(input, input.watch.expiresOn, wait);
  // Whoever has asked for something gets an answer before nobody is there to give it.
  await condition(allHandlersFinished);
  if (typeof told === 'string') return { state: told };
  return await continueAsNew<typeof kyc>({ ...input, watch: told });
}

/** @returns where the case rests, or the day on which its documents expire, from which on it is watched */
async function decide(input: CaseInput, wait: Wait): Promise<CaseState | NonNullable<CaseInput['watch']>> {
  for (let state: CaseState = 'checking'; ;) {
    wait.in(state);
    switch (state) {
      case 'checking':
        state = await check(input, wait);
        break;
      case 'asking':
        state = await awaitApplicant(input, wait);
        break;
      case 'review':
        state = await review(input, wait);
        break;
      case 'approved':
      case 'refused': {
        await apply(await write.grant({ caseId: input.caseId }));
        const closed = await write.close({ caseId: input.caseId });
        if (closed.state !== 'verified' || closed.expiresOn === null) {
          state = closed.state;
          break;
        }
        return { expiresOn: closed.expiresOn };
      }
      case 'verified':
      case 'rejected':
      case 'superseded':
      case 'lapsed':
      case 'withdrawn':
        return state;
    }
  }
}

/** From what was submitted to a verdict. The sources are asked only about what is complete. */
async function check({ caseId }: CaseInput, wait: Wait): Promise<CaseState> {
  const state = await write.checkDocuments({ caseId });
  wait.looked(state);
  if (state !== 'checking') return state;
  await ask.checkRegistry({ caseId });
  await ask.screen({ caseId });
  return await write.judge({ caseId });
}

/** The applicant submits again, or lets the time pass. */
async function awaitApplicant({ caseId, answerWithinMs }: CaseInput, wait: Wait): Promise<CaseState> {
  const state = await wait.changeOf('asking', caseId, Date.now() + answerWithinMs);
  return state === 'asking' ? await write.abandon({ caseId }) : state;
}

/**
 * Reviewers decide. What they approve after a long wait is looked for on the lists again, which change every day; someone
 * who has come to be on one goes back to them, to be decided by two.
 */
async function review(input: CaseInput, wait: Wait): Promise<CaseState> {
  const since = Date.now();
  const state = await awaitReviewers(input, wait);
  if (state !== 'approved' || Date.now() - since < SCREENED_FOR_MS) return state;
  // Cases that were decided before this was the rule go on as they went.
  if (!patched('screen-again-after-review')) return state;
  return await ask.screenAgain({ caseId: input.caseId });
}

/** However long that takes; operators hear each time that it has taken too long. */
async function awaitReviewers({ caseId, reviewSlaMs }: CaseInput, wait: Wait): Promise<CaseState> {
  const since = Date.now();
  for (let level = 1; level <= ESCALATIONS_MAX; level++) {
    const state = await wait.changeOf('review', caseId, since + level * reviewSlaMs);
    if (state !== 'review') return state;
    wait.escalated(level);
    const after = await write.escalate({ caseId, level });
    if (after !== 'review') return after;
  }
  return await wait.changeOf('review', caseId);
}

/** Reminds before a document expires, and takes back what rests on it when it has. */
async function watch({ caseId }: CaseInput, expiresOn: string, wait: Wait): Promise<CaseState> {
  wait.in('verified');
  // What was done to the case while the run before this one ended was signalled to that one.
  if (patched('look-before-watching')) {
    const state = await write.lookAt({ caseId });
    if (state !== 'verified') return await settle(caseId, state);
  }
  const end = Date.parse(`${expiresOn}T00:00:00Z`);
  for (const daysLeft of REMIND_DAYS_BEFORE) {
    const at = end - daysLeft * DAY;
    if (at <= Date.now()) continue;
    const state = await wait.changeOf('verified', caseId, at);
    if (state !== 'verified') return await settle(caseId, state);
    const after = await write.remind({ caseId, daysLeft });
    if (after !== 'verified') return await settle(caseId, after);
  }
  const state = await wait.changeOf('verified', caseId, end);
  if (state !== 'verified') return await settle(caseId, state);
  await apply(await write.lapse({ caseId }));
  return 'lapsed';
}

/** A case that went out of force while it was watched: what is in force now is applied, whoever changed it. */
async function settle(caseId: string, state: CaseState): Promise<CaseState> {
  await apply(await write.grant({ caseId }));
  return state;
}
