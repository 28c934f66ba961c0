import { condition, continueAsNew, defineQuery, defineSignal, setHandler } from '@temporalio/workflow';
import { DAY } from '#shared/time.ts';
import {
  CASE_CHANGED_SIGNAL,
  CASE_VIEW_QUERY,
  type CaseInput,
  type CaseOutcome,
  type CaseState,
  type CaseView,
} from '#shared/workflows/case.ts';
import { apply, ask, write } from './steps.ts';

const caseChanged = defineSignal(CASE_CHANGED_SIGNAL);
const view = defineQuery<CaseView>(CASE_VIEW_QUERY);

/** After so many unheard escalations nobody is told again; the queue of reviewers shows the case as overdue for ever. */
const ESCALATIONS_MAX = 10;
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
  if (input.watch !== undefined) return { state: await watch(input, input.watch.expiresOn, wait) };
  for (let state: CaseState = 'checking'; ;) {
    wait.in(state);
    switch (state) {
      case 'checking':
        state = await check(input);
        break;
      case 'asking':
        state = await awaitApplicant(input, wait);
        break;
      case 'review':
        state = await awaitReviewers(input, wait);
        break;
      case 'approved':
      case 'refused': {
        await apply(await write.grant({ caseId: input.caseId }));
        const closed = await write.close({ caseId: input.caseId });
        if (closed.state !== 'verified' || closed.expiresOn === null) {
          state = closed.state;
          break;
        }
        return await continueAsNew<typeof kyc>({ ...input, watch: { expiresOn: closed.expiresOn } });
      }
      case 'verified':
      case 'rejected':
      case 'superseded':
      case 'lapsed':
      case 'withdrawn':
        return { state };
    }
  }
}

/** From what was submitted to a verdict. The sources are asked only about what is complete. */
async function check({ caseId }: CaseInput): Promise<CaseState> {
  const state = await write.checkDocuments({ caseId });
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

/** Reviewers decide, however long that takes; operators hear each time that it has taken too long. */
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

type Wait = ReturnType<typeof openWait>;

/** Waits for people. Opened at once, so that a signal that comes early is heard. */
function openWait() {
  let changes = 0;
  let heard = 0;
  let seen: CaseView = { state: 'checking', since: new Date(Date.now()).toISOString(), escalations: 0 };
  setHandler(caseChanged, () => void (changes += 1));
  setHandler(view, () => seen);
  return {
    in: (state: CaseState) => {
      seen = { state, since: new Date(Date.now()).toISOString(), escalations: 0 };
    },
    escalated: (level: number) => {
      seen = { ...seen, escalations: level };
    },

    /**
     * Waits until the case has left a state, as its row says, or until a moment, in epoch milliseconds.
     *
     * @returns where it is; the state itself when the time is over
     */
    async changeOf(state: CaseState, caseId: string, until?: number): Promise<CaseState> {
      const isNews = () => changes > heard;
      for (;;) {
        if (until === undefined) await condition(isNews);
        else if (!(await conditionUntil(isNews, until))) return state;
        heard = changes;
        const now = await write.lookAt({ caseId });
        if (now !== state) return now;
      }
    },
  };
}

async function conditionUntil(isNews: () => boolean, until: number): Promise<boolean> {
  const leftMs = until - Date.now();
  return leftMs > 0 ? await condition(isNews, leftMs) : isNews();
}
