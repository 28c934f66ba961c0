import { z } from 'zod';

/** One setting: how it is read from the environment, and what a person should know about it. */
export type Setting<T extends z.ZodType = z.ZodType> = {
  readonly schema: T;
  /** As written in the environment; `undefined` means that there is none and the setting must be given. */
  readonly fallback: string | undefined;
  readonly says: string;
  /** Never printed; in the embedded cluster it is made once and kept in the data folder. */
  readonly secret?: true;
};

export function setting<T extends z.ZodType>(schema: T, fallback: string | undefined, says: string): Setting<T> {
  return { schema, fallback, says };
}

export function secret<T extends z.ZodType>(schema: T, says: string): Setting<T> {
  return { schema, fallback: undefined, says, secret: true };
}

export const port = z.coerce.number().int().min(1).max(65_535);
export const url = (...protocols: string[]) =>
  z.url({
    protocol: new RegExp(`^(${protocols.join('|')})$`),
    error: `must be a URL that starts with ${protocols.join(':// or ')}://`,
  });
export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
);
export const keys32 = z
  .string()
  .regex(/^[0-9a-f]{64}(,[0-9a-f]{64}){0,7}$/, 'must be 64 hexadecimal digits (32 bytes), or up to 8 such keys')
  .transform((text) => text.split(','));
/** Millionths of a US dollar. */
export const dollars = z
  .string()
  .regex(/^\d{1,7}(\.\d{1,6})?$/, 'must be US dollars such as 0.035')
  .transform((text) => BigInt(Math.round(Number(text) * 1_000_000)))
  .refine((micros) => micros > 0n, 'must be more than nothing');
export const optional = <T extends z.ZodType>(schema: T) => z.union([z.literal('').transform(() => undefined), schema]);
