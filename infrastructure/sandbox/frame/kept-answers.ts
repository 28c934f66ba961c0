import { createHash } from 'node:crypto';
import { BoundedMap } from './bounded-map.ts';
import type { Answer } from './endpoint.ts';

/** Keys are kept for 24 hours by providers; here, the latest. */
const KEYS_MAX = 200_000;

/**
 * Answers to creations under an idempotency key: the same request gets the same answer, word for word, and another request
 * under the same key gets `reused`. What was refused is tried anew.
 */
export function makeKeptAnswers(
  reused: Answer,
): (key: string | undefined, request: unknown, make: () => Answer) => Answer {
  const kept = new BoundedMap<string, { readonly digest: string; readonly answer: Answer }>(KEYS_MAX);
  return (key, request, make) => {
    if (key === undefined) return make();
    const digest = createHash('sha256').update(JSON.stringify(request)).digest('base64');
    const known = kept.get(key);
    if (known !== undefined) return known.digest === digest ? known.answer : reused;
    const answer = make();
    if (answer.status < 300) kept.set(key, { digest, answer });
    return answer;
  };
}
