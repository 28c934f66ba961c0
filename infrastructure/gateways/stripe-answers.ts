import type { z } from 'zod';
import type { AppError } from '#shared/errors.ts';
import { gatewayAway, readAnswer } from './answers.ts';

export function stripeObject<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  return readAnswer('Stripe', schema, body);
}

export function stripeAway(cause: unknown): AppError {
  return gatewayAway('Stripe', cause);
}
