/** A thing that was planted, and every form under which it would still be readable where it leaked. */
export type Needle = { readonly what: string; readonly forms: readonly string[] };

/**
 * The forms of a planted text: as it is, as JSON and URLs write it, in hexadecimal, and in Base64, in which it looks
 * different at each of three offsets; the characters that its neighbours have a part in are left out.
 */
export function needle(what: string, plain: string): Needle {
  const bytes = Buffer.from(plain);
  const escaped = JSON.stringify(plain).slice(1, -1);
  const ascii = escaped.replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const inBase64 = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    return text.slice(offset === 0 ? 0 : 4, -((bytes.length + offset) % 3 === 0 ? 0 : 1) || undefined);
  });
  const urlSafe = inBase64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  const all = [plain, escaped, ascii, encodeURIComponent(plain), plain.replaceAll(' ', '+'), bytes.toString('hex')];
  return { what, forms: [...new Set([...all, ...inBase64, ...urlSafe])] };
}

/** Which of the planted things are in a text. */
export function foundIn(text: string, needles: readonly Needle[]): string[] {
  return needles.filter(({ forms }) => forms.some((form) => text.includes(form))).map(({ what }) => what);
}
