import { BoundedMap } from './bounded-map.ts';

export const DECISION_SOURCES = ['registry', 'screening'] as const;
export const DECISION_RESULTS = ['clear', 'hit', 'unavailable'] as const;

type DecisionSource = (typeof DECISION_SOURCES)[number];
type DecisionResult = (typeof DECISION_RESULTS)[number];

const DECISIONS_MAX = 10_000;

/** What registries and screeners shall answer for a case, where it is not left to the sandbox's rules. */
export interface Decisions {
  decide(caseId: string, source: DecisionSource, result: DecisionResult): void;
  decisionOn(caseId: string, source: DecisionSource): DecisionResult | undefined;
}

export function makeDecisions(): Decisions {
  const decisions = new BoundedMap<string, DecisionResult>(DECISIONS_MAX);
  return {
    decide: (caseId, source, result) => decisions.set(`${source} ${caseId}`, result),
    decisionOn: (caseId, source) => decisions.get(`${source} ${caseId}`),
  };
}
