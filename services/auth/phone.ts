import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { invalid } from '#shared/errors.ts';
import { COUNTRIES, type Country } from '#shared/regions.ts';

/**
 * Mobile numbers as people hold them, national and without the trunk zero: the numbering plans of NBTC (TH), IMDA (SG),
 * Komdigi (ID), MCMC (MY), NTC (PH) and MIC (VN), as of 2026. The metadata counts numbers of machines (TH 014, VN 0140) as
 * mobile too; nobody reads a text there.
 */
const HELD_BY_PEOPLE: Readonly<Record<Country, RegExp>> = {
  TH: /^[689]\d{8}$/,
  SG: /^[89]\d{7}$/,
  ID: /^8\d{8,11}$/,
  MY: /^1[0-9]\d{7,8}$/,
  PH: /^[89]\d{9}$/,
  VN: /^[35789]\d{8}$/,
};

/**
 * The E.164 form of a mobile number of the stated country.
 *
 * The full metadata tells mobile lines from those that get no texts: fixed ones, VoIP, premium rate, toll free, shared
 * cost and company numbers; and it knows retired and unassigned ranges.
 *
 * @param text national, or with the country code
 * @throws {AppError} VALIDATION_ERROR when it is no such number
 */
export function mobileNumber(text: string, country: Country): string {
  const parsed = parsePhoneNumberFromString(text, country);
  if (parsed === undefined || !parsed.isValid() || parsed.country !== country) {
    throw invalid('phone_number', `is not a phone number of ${country}`);
  }
  if (parsed.getType() !== 'MOBILE' || !HELD_BY_PEOPLE[country].test(parsed.nationalNumber)) {
    throw invalid('phone_number', 'is not a mobile number');
  }
  return parsed.number;
}

/** The country of ours that an E.164 number belongs to; undefined for any other, and for what is no valid number. */
export function countryOf(e164: string): Country | undefined {
  const parsed = parsePhoneNumberFromString(e164);
  return parsed?.isValid() === true ? COUNTRIES.find((country) => country === parsed.country) : undefined;
}
