import { withFailures } from '#activities/failure.ts';
import type { VerificationService } from '#services/verification/service.ts';
import type { Closed } from '#services/verification/story/settle-case.ts';
import type { CaseId } from '#shared/ids.ts';
import type { CaseState, Standing } from '#shared/workflows/case.ts';
import type { RescreeningPlace } from '#shared/workflows/rescreening.ts';
import type { RescreenedBatch } from '#services/verification/rescreen/rescreen.ts';

type OfCase = { readonly caseId: string };

/**
 * The steps of a case's workflow. Each reads the case's row, acts only where the case is in the state for it, and tells
 * where it is then, so that one that is taken again after a crash changes nothing. They know ids and states, no words.
 */
export function makeVerificationActivities({
  story,
  rescreenBatch,
}: Pick<VerificationService, 'story' | 'rescreenBatch'>) {
  const id = ({ caseId }: OfCase) => caseId as CaseId;
  return withFailures({
    checkDocuments: (of: OfCase): Promise<CaseState> => story.checkDocuments(id(of)),

    /** Fails, and is tried again, for as long as the registry does not answer. */
    checkRegistry: (of: OfCase): Promise<void> => story.checkRegistry(id(of)),

    /** Fails, and is tried again, for as long as the lists cannot be searched. */
    screen: (of: OfCase): Promise<void> => story.screen(id(of)),

    /** The same for a case that reviewers have approved after a long wait. */
    screenAgain: (of: OfCase): Promise<CaseState> => story.screenAgain(id(of)),

    judge: (of: OfCase): Promise<CaseState> => story.judge(id(of)),

    lookAt: (of: OfCase): Promise<CaseState> => story.lookAt(id(of)),

    escalate: ({ level, ...of }: OfCase & { readonly level: number }): Promise<CaseState> =>
      story.escalate(id(of), level),

    abandon: (of: OfCase): Promise<CaseState> => story.abandon(id(of)),

    grant: (of: OfCase): Promise<Standing> => story.grant(id(of)),

    close: (of: OfCase): Promise<Closed> => story.close(id(of)),

    remind: ({ daysLeft, ...of }: OfCase & { readonly daysLeft: number }): Promise<CaseState> =>
      story.remind(id(of), daysLeft),

    withdraw: (of: OfCase): Promise<CaseState> => story.withdraw(id(of)),

    /** Fails, and is tried again, for as long as the lists cannot be searched. */
    rescreenBatch: (place?: RescreeningPlace): Promise<RescreenedBatch> => rescreenBatch(place),

    lapse: (of: OfCase): Promise<Standing> => story.lapse(id(of)),
  });
}

export type VerificationActivities = ReturnType<typeof makeVerificationActivities>;
