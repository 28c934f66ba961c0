import { z } from 'zod';

/** BCP 47. One that we do not speak is no error: the country's language is used. */
export const LanguageTag = z
  .string()
  .max(35)
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$/, 'must be a language tag such as th or en-SG');
