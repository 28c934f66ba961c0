/** Words that people of one dialog use. */
const WORDS = 30_000;
const SYLLABLES = 'ba ke ri mo tu sa li no pe da ku ja wi ra mi so to be na gu fe hi lo zu ce ya'.split(' ');
const WORDS_LEAST = 4;
const WORDS_MOST = 14;

/** A number from 0 to 1, the same ones at every run. */
export type Random = () => number;

/** Mulberry32. */
export function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The word of a rank; 0 is said most often. */
export function wordAt(rank: number): string {
  let word = '';
  for (let rest = rank + SYLLABLES.length; rest > 0; rest = Math.floor(rest / SYLLABLES.length)) {
    word += SYLLABLES[rest % SYLLABLES.length]!;
  }
  return word;
}

/** How often words are said falls with their rank, as in every language (Zipf). */
const cumulative = Float64Array.from({ length: WORDS });
for (let rank = 0, sum = 0; rank < WORDS; rank += 1) {
  sum += 1 / (rank + 3);
  cumulative[rank] = sum;
}

function rankAt(share: number): number {
  const wanted = share * cumulative[WORDS - 1]!;
  let [low, high] = [0, WORDS - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function sentence(random: Random): string {
  const length = WORDS_LEAST + Math.floor(random() * (WORDS_MOST - WORDS_LEAST + 1));
  return Array.from({ length }, () => wordAt(rankAt(random()))).join(' ');
}

/** What people search for, by kind. */
export const QUERIES: Readonly<Record<string, (random: Random) => string>> = {
  'a frequent word': (random) => wordAt(Math.floor(random() * 20)),
  'a word of every day': (random) => wordAt(500 + Math.floor(random() * 1_000)),
  'a rare word': (random) => wordAt(WORDS - 1 - Math.floor(random() * 2_000)),
  'a word that nobody said': (random) => `x${wordAt(Math.floor(random() * WORDS))}q`,
  'two words': (random) => `${wordAt(Math.floor(random() * 50))} ${wordAt(500 + Math.floor(random() * 1_000))}`,
  'the beginning of a word': (random) => wordAt(1_000 + Math.floor(random() * 10_000)).slice(0, 5),
};
