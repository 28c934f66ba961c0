import { type KeyObject, createHmac } from 'node:crypto';

/**
 * Seqs of one block. A word's hash holds for one block of one dialog, so an index entry stays short, and searching costs
 * a look per block: 62 of them for a million messages.
 */
export const BLOCK_SEQS = 16_384;
/** Lengths of beginnings that are hashed; a beginning of another length is looked up by the next shorter one. */
const BEGINNINGS = [2, 3, 4, 6, 8] as const;
/** Distinct hashes of one message: some 400 words, more than 4,000 characters of most languages hold. */
const TOKENS_MAX = 2_048;
/** Words of a query that are looked up; all of them are compared once the messages are opened. */
const LOOKED_UP_MAX = 8;

export function blockOf(seq: number): number {
  return Math.floor(seq / BLOCK_SEQS);
}

/** 64 bits of a keyed hash: two words share one by an accident in 2^64, and what is found is compared in the end. */
function token(key: KeyObject, block: number, what: string): bigint {
  return createHmac('sha256', key).update(`${block}\n${what}`).digest().readBigInt64BE(0);
}

/** The hashes under which a message is found: of each word, and of its beginnings. */
export function tokensOf(key: KeyObject, block: number, words: readonly string[]): bigint[] {
  const whats = new Set<string>();
  for (const word of words) {
    if (whats.size >= TOKENS_MAX) break;
    whats.add(`=${word}`);
    const characters = Array.from(word);
    for (const length of BEGINNINGS) {
      if (length <= characters.length) whats.add(`^${characters.slice(0, length).join('')}`);
    }
  }
  return Array.from(whats, (what) => token(key, block, what));
}

/**
 * The hashes that a message of this block must have to hold all the words, the last one as a beginning. A beginning of
 * one letter after other words is left to the comparison of what they find; alone it must be a whole word.
 */
export function tokensWanted(key: KeyObject, block: number, words: readonly string[]): bigint[] {
  const last = Array.from(words.at(-1) ?? '');
  const length = BEGINNINGS.findLast((each) => each <= last.length);
  const wanted = words.slice(0, -1).map((word) => `=${word}`);
  if (length !== undefined) wanted.unshift(`^${last.slice(0, length).join('')}`);
  else if (wanted.length === 0) wanted.push(`=${last.join('')}`);
  return wanted.slice(0, LOOKED_UP_MAX).map((what) => token(key, block, what));
}
