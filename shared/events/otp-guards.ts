import { z } from 'zod';
import { Country } from '../regions.ts';
import { defineEvent } from './event.ts';

/**
 * Many codes were asked for in a prefix and few came back, as when someone is paid for each text: the prefix gets fewer
 * codes, and later, until then. Aggregate: the prefix, a number without its last four digits.
 */
export const OtpPrefixSlowed = defineEvent(
  'auth.otp_prefix_slowed',
  1,
  z.object({
    prefix: z.string().regex(/^\+\d{3,12}$/),
    country: Country,
    asked: z.number().nonnegative(),
    verified: z.number().nonnegative(),
    until: z.iso.datetime(),
  }),
);

/** A country has had all the codes of an hour, or all that a day's texts may cost. Aggregate: the country. */
export const OtpCountryStopped = defineEvent(
  'auth.otp_country_stopped',
  1,
  z.object({ country: Country, budget: z.enum(['codes', 'spend']), until: z.iso.datetime() }),
);
