/** Longer words are found by their beginning. */
const WORD_CHARACTERS_MAX = 64;

/**
 * ICU cuts text without spaces, such as Thai, by its dictionaries, whatever the locale; between spaces and signs it cuts
 * like the others. One segmenter serves all languages, so a message need not say which it is in.
 */
const segmenter = new Intl.Segmenter('th', { granularity: 'word' });

/** Accents of Latin letters; the vowels and tone marks of Thai are none of them. */
const LATIN_ACCENTS = /[\u0300-\u036f]/g;

/**
 * The words of a text in the form in which they are compared: small letters without accents, so that `phở`, `Pho` and
 * `PHỞ` are one word. Repeated words come once, in the order of their first appearance.
 */
export function wordsOf(text: string): string[] {
  const words = new Set<string>();
  for (const { segment, isWordLike } of segmenter.segment(folded(text))) {
    if (isWordLike === true) words.add(Array.from(segment).slice(0, WORD_CHARACTERS_MAX).join(''));
  }
  return [...words];
}

function folded(text: string): string {
  return text.toLowerCase().normalize('NFD').replaceAll(LATIN_ACCENTS, '').replaceAll('đ', 'd').normalize('NFC');
}

/** Whether a text holds all the words, the last one at least as the beginning of a word. */
export function holdsWords(text: string, words: readonly string[]): boolean {
  const own = wordsOf(text);
  const known = new Set(own);
  const last = words.at(-1);
  if (last === undefined) return false;
  return words.slice(0, -1).every((word) => known.has(word)) && own.some((word) => word.startsWith(last));
}
