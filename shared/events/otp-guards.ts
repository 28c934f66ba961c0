import { z } from 'zod';
import { Country } from '../regions.ts';
import { defineEvent, earlier } from './event.ts';

/** The plus sign, the calling code and the two digits after it: of all our countries the calling code has two. */
const PREFIX_CHARACTERS = 5;

const slowed = <Prefix extends z.ZodType>(prefix: Prefix) =>
  z.object({
    prefix,
    country: Country,
    asked: z.number().nonnegative(),
    verified: z.number().nonnegative(),
    until: z.iso.datetime(),
  });

export const OtpPrefixSlowed = defineEvent('auth.otp_prefix_slowed', 2, slowed(z.string().regex(/^\+\d{3,4}$/)), {
  says:
    'Many codes were asked for in a block of numbers and few came back, as when someone is paid for each text: the block ' +
    'gets fewer codes, and later, until then. `prefix` is the calling code and two digits of it, as `+6681`.',
  key: 'prefix',
  // It held the numbers but for their last four digits.
  earlier: [
    earlier(1, slowed(z.string().regex(/^\+\d{3,12}$/)), (old) => ({
      ...old,
      prefix: old.prefix.slice(0, PREFIX_CHARACTERS),
    })),
  ],
});

export const OtpCountryStopped = defineEvent(
  'auth.otp_country_stopped',
  1,
  z.object({ country: Country, budget: z.enum(['codes', 'spend']), until: z.iso.datetime() }),
  { says: "A country has had all the codes of an hour, or all that a day's texts may cost.", key: 'country' },
);
