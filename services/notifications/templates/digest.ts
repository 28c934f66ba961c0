import { createHash } from 'node:crypto';

/** Enough of SHA-256 to tell a few thousand texts apart. */
const HEX_DIGITS = 16;

/** Names texts by what they say, however their fields are ordered. */
export function digestOf(content: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(content)))
    .digest('hex')
    .slice(0, HEX_DIGITS);
}

function sorted(content: unknown): unknown {
  if (content === null || typeof content !== 'object') return content;
  if (Array.isArray(content)) return content.map(sorted);
  const entries = Object.entries(content).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([key, value]) => [key, sorted(value)]),
  );
}
