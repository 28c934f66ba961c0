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
  let septets: number | undefined = 0;
  for (const character of text) {
    const size = SEPTETS.get(character);
    septets = septets === undefined || size === undefined ? undefined : septets + size;
  }
  const encoding = septets === undefined ? 'UCS-2' : 'GSM-7';
  const units = septets ?? text.length;
  const { alone, joined } = PART[encoding];
  return { encoding, units, parts: units <= alone ? 1 : Math.ceil(units / joined) };
}
