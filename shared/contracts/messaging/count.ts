import { z } from 'zod';

/** A count that only grows: a dialog's seq or version. 2^53 is out of reach for one dialog. */
export const Count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
