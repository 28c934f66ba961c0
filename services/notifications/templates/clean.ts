/**
 * Marks that change how a line reads without being seen: of direction (Unicode's Bidi_Control), and tags that spell text
 * nobody sees. Joiners and variation selectors stay, which emoji and Indic scripts are written with.
 */
const UNSEEN = /[\p{Bidi_Control}\u{E0000}-\u{E007F}\uFEFF\u00AD\uFFF9-\uFFFB]/gu;
const BREAKS = /[\p{Cc}\u2028\u2029]+/gu;
const SPACES = /\s+/gu;
/** What a mail or SMS app makes a link of: a scheme, or a dot inside what looks like the name of a host. */
const SCHEME = /\b[a-z][a-z\d+.-]{0,30}:\/\/+/giu;
const DOT_OF_HOST = /(?<=[\p{L}\p{N}_-])\.(?=\p{L}{2,})/gu;

/** One line of visible text: no line breaks, so it makes no second header, and nothing that reads other than it looks. */
export function oneLine(text: string): string {
  return text.toWellFormed().normalize('NFC').replace(BREAKS, ' ').replace(UNSEEN, '').replace(SPACES, ' ').trim();
}

/** Like {@link oneLine}, line by line; no more than one empty line in a row. */
export function lines(text: string): string {
  const each = text.split(/\r\n|[\n\r\u2028\u2029]/u).map(oneLine);
  return each
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}

/** Takes from what other people wrote what would become a link under our name. */
export function withoutLinks(text: string): string {
  return text.replace(SCHEME, '').replace(DOT_OF_HOST, '. ');
}

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

const BYTES_A_UNIT_MAX = 3;

/**
 * At most so many characters as people count them, and so many bytes of UTF-8: a character may pile up marks without end.
 * What was cut ends in `…`, or in what is given instead.
 */
export function cut(text: string, charactersMax: number, bytesMax = Infinity, end = '…'): string {
  if (text.length <= charactersMax && text.length * BYTES_A_UNIT_MAX <= bytesMax) return text;
  const endBytes = Buffer.byteLength(end);
  let characters = 0;
  let bytes = 0;
  /** How much of the text leaves room for the end. */
  let fitting = 0;
  for (const { segment, index } of GRAPHEMES.segment(text)) {
    characters += 1;
    bytes += Buffer.byteLength(segment);
    if (characters > charactersMax || bytes > bytesMax) return text.slice(0, fitting).trimEnd() + end;
    if (characters + end.length <= charactersMax && bytes + endBytes <= bytesMax) fitting = index + segment.length;
  }
  return text;
}
