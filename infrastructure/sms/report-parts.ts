import type { ProviderRequest } from '#services/auth/ports.ts';
import { ChallengeId } from '#shared/ids.ts';

/** Our reference, as we put it into the query of the address that reports come to. */
export function referenceIn({ query }: ProviderRequest): ChallengeId | undefined {
  return ChallengeId.safeParse(new URLSearchParams(query).get('ref')).data;
}

/** JSON of a body, undefined when it is none. */
export function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}
