import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { invalid } from '#shared/errors.ts';
import { COUNTRIES, type Country } from '#shared/regions.ts';

/**
 * The E.164 form of a mobile number of the stated country.
 *
 * The full metadata tells mobile lines from fixed ones and VoIP, which get no SMS, and knows retired and unassigned
 * ranges.
 *
 * @param text national, or with the country code
 * @throws {AppError} VALIDATION_ERROR when it is no such number
 */
export function mobileNumber(text: string, country: Country): string {
  const parsed = parsePhoneNumberFromString(text, country);
  if (parsed === undefined || !parsed.isValid() || parsed.country !== country) {
    throw invalid('phone_number', `is not a phone number of ${country}`);
  }
  if (parsed.getType() !== 'MOBILE') throw invalid('phone_number', 'is not a mobile number');
  return parsed.number;
}

/** The country of ours that an E.164 number belongs to; undefined for any other, and for what is no valid number. */
export function countryOf(e164: string): Country | undefined {
  const parsed = parsePhoneNumberFromString(e164);
  return parsed?.isValid() === true ? COUNTRIES.find((country) => country === parsed.country) : undefined;
}
