import { z } from 'zod';
import type { Registry } from '#services/verification/ports.ts';
import { askProvider, type IdentityProvider } from './ask-provider.ts';

/** An answer about another case is none. */
const answerTo = (caseId: string) =>
  z.object({ case_id: z.literal(caseId), outcome: z.enum(['found', 'unclear', 'refused']) });

/** The registries of people and companies, behind one provider: POST /checks. */
export function makeRegistry(provider: IdentityProvider): Registry {
  return {
    check: async ({ caseId, country, type, number }) => {
      const question = { case_id: caseId, country, type, number };
      return (await askProvider(provider, '/checks', question, answerTo(caseId))).outcome;
    },
  };
}
