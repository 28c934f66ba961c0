import type { VerificationActivities } from '#activities/verification/activities.ts';
import type { Between } from './case-world.ts';

/** A step of a case; the search of all names again is none. */
export type Step = Exclude<keyof VerificationActivities, 'rescreenBatch'>;

/**
 * Loses every step of a case twice: once before anything was done, and once after all of it was done and before anybody
 * heard.
 */
export function dyingSteps(): { readonly between: Between; timesOf(step: Step, caseId: string): number } {
  const taken = new Map<string, number>();
  const between: Between = (steps) => {
    const wrapped = Object.entries(steps).map(([name, step]) => [
      name,
      async (of: { readonly caseId: string }) => {
        const tries = (taken.get(`${name} ${of.caseId}`) ?? 0) + 1;
        taken.set(`${name} ${of.caseId}`, tries);
        if (tries === 1) throw new Error('died before');
        const answer = await (step as (of: object) => Promise<unknown>)(of);
        if (tries === 2) throw new Error('died after');
        return answer;
      },
    ]);
    return Object.fromEntries(wrapped) as VerificationActivities;
  };
  return { between, timesOf: (step, caseId) => taken.get(`${step} ${caseId}`) ?? 0 };
}

/** Where the loss of each step is shown: on a real server, or where days pass in a moment. A new step needs a place. */
export const LOST_IN: Readonly<Record<Step, 'a moment' | 'days'>> = {
  checkDocuments: 'a moment',
  checkRegistry: 'a moment',
  screen: 'a moment',
  judge: 'a moment',
  lookAt: 'a moment',
  grant: 'a moment',
  close: 'a moment',
  withdraw: 'a moment',
  screenAgain: 'days',
  escalate: 'days',
  abandon: 'days',
  remind: 'days',
  lapse: 'days',
};

/** The steps whose loss is shown in one of the two. */
export function lostIn(place: (typeof LOST_IN)[Step]): Step[] {
  return (Object.keys(LOST_IN) as Step[]).filter((step) => LOST_IN[step] === place);
}
