import { condition, defineQuery, defineSignal, setHandler } from '@temporalio/workflow';
import { CASE_CHANGED_SIGNAL, CASE_VIEW_QUERY, type CaseState, type CaseView } from '#shared/workflows/case.ts';
import { write } from './steps.ts';

const caseChanged = defineSignal(CASE_CHANGED_SIGNAL);
const view = defineQuery<CaseView>(CASE_VIEW_QUERY);

export type Wait = ReturnType<typeof openWait>;

/** Waits for people. Opened at once, so that a signal that comes early is heard. */
export function openWait() {
  let changes = 0;
  let heard = 0;
  let looks = 0;
  let found: CaseState = 'checking';
  let seen: CaseView = { state: 'checking', since: new Date(Date.now()).toISOString(), escalations: 0 };
  const wake = () => void (changes += 1);
  const looked = (state: CaseState) => {
    looks += 1;
    found = state;
  };
  setHandler(caseChanged, wake);
  setHandler(view, () => seen);
  return {
    /** Where the story is. */
    state: () => seen.state,
    in: (state: CaseState) => {
      seen = { state, since: new Date(Date.now()).toISOString(), escalations: 0 };
      // What was submitted anew is looked at more closely before whoever did so is told anything.
      if (state !== 'checking') looked(state);
    },
    escalated: (level: number) => {
      seen = { ...seen, escalations: level };
    },
    /** The story has looked at what the applicant has done, and found the case like this. */
    looked,

    /** Has the story look at the case anew, and waits until it has. @returns where it found the case */
    async lookedAnew(): Promise<CaseState> {
      const before = looks;
      wake();
      await condition(() => looks > before);
      return found;
    },

    /** Has the story look at the case anew as soon as it waits for people. */
    wake,

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
        looked(now);
      }
    },
  };
}

async function conditionUntil(isNews: () => boolean, until: number): Promise<boolean> {
  const leftMs = until - Date.now();
  return leftMs > 0 ? await condition(isNews, leftMs) : isNews();
}
