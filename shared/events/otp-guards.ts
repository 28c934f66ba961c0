import { z } from 'zod';
import { Country } from '../regions.ts';
import { defineEvent } from './event.ts';

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
  {
    says:
      'Many codes were asked for in a prefix and few came back, as when someone is paid for each text: ' +
      'the prefix gets fewer codes, and later, until then.',
    key: 'prefix',
  },
);

export const OtpCountryStopped = defineEvent(
  'auth.otp_country_stopped',
  1,
  z.object({ country: Country, budget: z.enum(['codes', 'spend']), until: z.iso.datetime() }),
  { says: "A country has had all the codes of an hour, or all that a day's texts may cost.", key: 'country' },
);
