import { dataOf } from '../events/event.ts';
import { CASE_WAKES, CaseChanged, CaseOpened } from '../events/verification.ts';
import { CASE_CHANGED_SIGNAL, CASE_WORKFLOWS, type CaseInput } from './case.ts';
import type { Trigger } from './command.ts';

/** A case that is opened starts its workflow, and what people do to it wakes it. */
export const verificationTrigger: Trigger = {
  types: [CaseOpened.type, CaseChanged.type],
  command: (event) => {
    const opened = dataOf(CaseOpened, event);
    if (opened !== undefined) {
      const input: CaseInput = {
        caseId: opened.case_id,
        kind: opened.kind,
        reviewSlaMs: opened.review_sla_ms,
        answerWithinMs: opened.answer_within_ms,
      };
      return { do: 'start', kind: CASE_WORKFLOWS[opened.kind], businessId: opened.case_id, input };
    }
    const changed = dataOf(CaseChanged, event);
    if (changed === undefined || !CASE_WAKES.has(changed.step)) return undefined;
    return {
      do: 'signal',
      kind: CASE_WORKFLOWS[changed.kind],
      businessId: changed.case_id,
      signal: CASE_CHANGED_SIGNAL,
      payload: undefined,
    };
  },
};
