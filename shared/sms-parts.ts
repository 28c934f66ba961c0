/** The basic set of GSM 03.38: a septet each. */
const GSM7 =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
/** Its extension: an escape and a septet each. */
const GSM7_EXTENDED = '\f^{}\\[~]|€';

const SEPTETS = new Map([
  ...Array.from(GSM7, (character) => [character, 1] as const),
  ...Array.from(GSM7_EXTENDED, (character) => [character, 2] as const),
]);

/** Units that one text holds, and each part of a longer one, which loses some to the header that joins the parts. */
const PART = { 'GSM-7': { alone: 160, joined: 153 }, 'UCS-2': { alone: 70, joined: 67 } } as const;

export type SmsParts = {
  /** One character outside GSM-7 makes the whole text UCS-2. */
  readonly encoding: keyof typeof PART;
  /** Septets of GSM-7, or UTF-16 code units. */
  readonly units: number;
  /** How many texts an operator makes of it, and charges. */
  readonly parts: number;
};

/** How a text travels (3GPP TS 23.038 and 23.040). */
export function smsParts(text: string): SmsParts {
  const encoding = notInGsm7(text).length === 0 ? 'GSM-7' : 'UCS-2';
  const sizes = Array.from(text, (character) => (encoding === 'GSM-7' ? SEPTETS.get(character)! : character.length));
  const units = sizes.reduce((sum, size) => sum + size, 0);
  const { alone, joined } = PART[encoding];
  return { encoding, units, parts: units <= alone ? 1 : partsOf(sizes, joined) };
}

/** The characters of a text that GSM-7 lacks, each once. */
export function notInGsm7(text: string): string[] {
  return [...new Set(text)].filter((character) => !SEPTETS.has(character));
}

/** A character of two units is never torn: where one is left of a part, it goes into the next one whole. */
function partsOf(sizes: readonly number[], room: number): number {
  let parts = 1;
  let used = 0;
  for (const size of sizes) {
    if (used + size > room) {
      parts += 1;
      used = 0;
    }
    used += size;
  }
  return parts;
}
