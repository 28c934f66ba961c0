import type { z } from 'zod';
import { AppError } from '#shared/errors.ts';

/** A gateway that gave no answer that tells anything: what was asked of it may have happened. */
export function gatewayAway(gateway: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  return new AppError('UPSTREAM_UNAVAILABLE', { message: `${gateway} cannot be reached`, cause });
}

/** An answer that is not what the gateway documents leaves its effect as unknown as no answer does. */
export function readAnswer<Schema extends z.ZodType>(gateway: string, schema: Schema, body: unknown): z.output<Schema> {
  const result = schema.safeParse(body);
  if (!result.success) throw gatewayAway(gateway, result.error);
  return result.data;
}
