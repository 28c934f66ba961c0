/**
 * The check digits of the region's numbers (regional facts, section 5). Each takes a number whose form is right already,
 * in capitals and without separators.
 */

function weighted(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, place) => sum + weight * Number(digits[place]), 0);
}

/** Thailand, national and juristic ids: the last of 13 digits. */
export function isThaiNumber(number: string): boolean {
  const sum = weighted(number, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
  return (11 - (sum % 11)) % 10 === Number(number[12]);
}

const NRIC_WEIGHTS = [2, 7, 6, 5, 4, 3, 2];
const NRIC_LETTERS = { S: 'JZIHGFEDCBA', T: 'JZIHGFEDCBA', F: 'XWUTRQPNMLK', G: 'XWUTRQPNMLK', M: 'KLJNPQRTUWX' };
const NRIC_OFFSETS = { S: 0, T: 4, F: 0, G: 4, M: 3 };

/** Singapore, NRIC and FIN: the last letter. The letters of the M series count from the end. */
export function isNric(number: string): boolean {
  const series = number[0] as keyof typeof NRIC_LETTERS;
  const rest = (weighted(number.slice(1, 8), NRIC_WEIGHTS) + NRIC_OFFSETS[series]) % 11;
  return NRIC_LETTERS[series][series === 'M' ? 10 - rest : rest] === number[8];
}

const UEN_ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWX0123456789';

/** Singapore, UEN of a business (8 digits and a letter), a local company (9 and a letter) or another entity (T08LL0001A). */
export function isUen(number: string): boolean {
  const last = number.at(-1);
  if (/^\d{8}[A-Z]$/.test(number)) {
    return 'XMKECAWLJDB'[weighted(number, [10, 4, 9, 3, 8, 2, 7, 1]) % 11] === last;
  }
  if (/^\d{9}[A-Z]$/.test(number)) {
    return 'ZKCMDNERGWH'[weighted(number, [10, 8, 6, 4, 9, 7, 5, 3, 1]) % 11] === last;
  }
  const weights = [4, 3, 5, 3, 10, 2, 2, 5, 7];
  const sum = weights.reduce((total, weight, place) => total + weight * UEN_ALPHABET.indexOf(number[place]!), 0);
  return UEN_ALPHABET[(sum - 5) % 11] === last;
}

/** Indonesia, NPWP of 15 digits: its first nine satisfy Luhn. */
export function isNpwp(number: string): boolean {
  const doubled = Array.from(number.slice(0, 9)).map((digit, place) => {
    const value = Number(digit) * (place % 2 === 1 ? 2 : 1);
    return value > 9 ? value - 9 : value;
  });
  return doubled.reduce((sum, value) => sum + value, 0) % 10 === 0;
}

/** Vietnam, tax code: the tenth digit; three more name a branch. */
export function isMst(number: string): boolean {
  return 10 - (weighted(number, [31, 29, 23, 19, 17, 13, 7, 5, 3]) % 11) === Number(number[9]);
}
