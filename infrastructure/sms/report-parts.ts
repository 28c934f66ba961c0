import type { ProviderRequest } from '#services/auth/ports.ts';
import { ChallengeId } from '#shared/ids.ts';

/** Our reference, as we put it into the query of the address that reports come to. */
export function referenceIn({ query }: ProviderRequest): ChallengeId | undefined {
  return ChallengeId.safeParse(new URLSearchParams(query).get('ref')).data;
}
