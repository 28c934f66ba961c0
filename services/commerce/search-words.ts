/** Thai's rules also split every other language we speak, since they break at spaces and punctuation. */
const segmenter = new Intl.Segmenter('th', { granularity: 'word' });

/** More words than any real description has; what comes after them is not searched. */
const WORDS_MAX = 1000;
const WORD_CHARACTERS_MAX = 60;

/** Marks that Latin letters carry: Vietnamese typed without them finds the same. Thai vowels are not among them. */
const LATIN_MARKS = /[\u0300-\u036f]/g;

/** The distinct words of a text, lower case and without Latin diacritics. Thai is split by dictionary. */
export function searchWords(text: string): string[] {
  const plain = text.toLowerCase().normalize('NFD').replace(LATIN_MARKS, '').normalize('NFC').replaceAll('đ', 'd');
  const words = new Set<string>();
  for (const { segment, isWordLike } of segmenter.segment(plain)) {
    if (words.size === WORDS_MAX) break;
    if (isWordLike === true) words.add(segment.slice(0, WORD_CHARACTERS_MAX));
  }
  return [...words];
}

/** What people type, as a Postgres tsquery: all words, the last one as a beginning. Undefined when there is no word. */
export function searchQuery(typed: string): string | undefined {
  const words = searchWords(typed).map((word) => `'${word.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`);
  return words.length === 0 ? undefined : `${words.join(' & ')}:*`;
}
