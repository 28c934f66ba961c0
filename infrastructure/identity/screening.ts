import { z } from 'zod';
import type { Screening } from '#services/verification/ports.ts';
import { askProvider, type IdentityProvider } from './ask-provider.ts';

const Hit = z.object({ list: z.string(), reference: z.string() });

/** An answer about another case is none. */
const answerTo = (caseId: string) => z.object({ case_id: z.literal(caseId), hits: z.array(Hit) });

/** Sanction lists, behind one provider: POST /screenings. What kind of match it is, reviewers find at the provider. */
export function makeScreening(provider: IdentityProvider): Screening {
  return {
    screen: async ({ caseId, name, dateOfBirth }) => {
      const who = {
        case_id: caseId,
        full_name: name,
        ...(dateOfBirth === undefined ? {} : { date_of_birth: dateOfBirth }),
      };
      const { hits } = await askProvider(provider, '/screenings', who, answerTo(caseId));
      return hits.length === 0 ? 'clear' : 'hit';
    },
  };
}
