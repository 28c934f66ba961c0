import { z } from 'zod';

const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/, 'must be Base64');

/** Payloads as Temporal's UI and command line send and take them: JSON of the protobuf, bytes in Base64. */
export const WirePayloads = z.object({
  payloads: z
    .array(
      z.object({
        metadata: z.record(z.string(), base64).nullish(),
        data: base64.nullish(),
      }),
    )
    .max(1_000),
});
type Wire = z.output<typeof WirePayloads>['payloads'][number];

/** A payload with its bytes. */
export type Payload = { metadata?: Record<string, Uint8Array> | null; data?: Uint8Array | null };

export function fromWire({ metadata, data }: Wire): Payload {
  const entries = Object.entries(metadata ?? {}).map(([name, text]) => [name, Buffer.from(text, 'base64')] as const);
  return { metadata: Object.fromEntries(entries), data: Buffer.from(data ?? '', 'base64') };
}

export function toWire({ metadata, data }: Payload): Wire {
  const entries = Object.entries(metadata ?? {}).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]);
  return { metadata: Object.fromEntries(entries), data: Buffer.from(data ?? []).toString('base64') };
}
