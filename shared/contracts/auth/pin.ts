import { z } from 'zod';

export const Pin = z.string().regex(/^\d{6}$/, 'must be six digits');
