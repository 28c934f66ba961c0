/** A thing that was planted, and every form under which it would still be readable where it leaked. */
export type Needle = { readonly what: string; readonly isIn: (text: string) => boolean };

/**
 * Looks for a planted text as it is, as JSON and URLs write it, in hexadecimal, and in Base64, in which it looks
 * different at each of three offsets; the characters that its neighbours have a part in are left out.
 */
export function needle(what: string, plain: string): Needle {
  const forms = formsOf(plain);
  return { what, isIn: (text) => forms.some((form) => text.includes(form)) };
}

/** The same for digits that also turn up by chance, in times and ids: as they are they count only on their own. */
export function digits(what: string, plain: string): Needle {
  const alone = new RegExp(String.raw`(?<![0-9A-Za-z.:_+-])${plain}(?![0-9A-Za-z_])`);
  const encoded = base64FormsOf(Buffer.from(plain)).filter((form) => form.length >= plain.length);
  return { what, isIn: (text) => alone.test(text) || encoded.some((form) => text.includes(form)) };
}

/** Which of the planted things are in a text. */
export function foundIn(text: string, needles: readonly Needle[]): string[] {
  return needles.filter(({ isIn }) => isIn(text)).map(({ what }) => what);
}

function formsOf(plain: string): string[] {
  const bytes = Buffer.from(plain);
  const escaped = JSON.stringify(plain).slice(1, -1);
  const ascii = escaped.replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const inUrls = [encodeURIComponent(plain), encodeURIComponent(plain).replaceAll('%20', '+')];
  return [...new Set([plain, escaped, ascii, ...inUrls, bytes.toString('hex'), ...base64FormsOf(bytes)])];
}

function base64FormsOf(bytes: Buffer): string[] {
  const standard = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    // Six bits a character: the first ones belong to what stands before, the last one in part to what follows.
    const start = Math.ceil((offset * 8) / 6);
    const end = Math.floor(((offset + bytes.length) * 8) / 6);
    return text.slice(start, end);
  });
  return [...standard, ...standard.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))];
}
