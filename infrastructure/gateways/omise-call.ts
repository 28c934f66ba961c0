import type { z } from 'zod';
import type { AppError } from '#shared/errors.ts';
import { SECOND } from '#shared/time.ts';
import { gatewayAway, readAnswer } from './answers.ts';
import { OmiseError } from './omise-wire.ts';

const TIMEOUT_MS = 10 * SECOND;
const API_VERSION = '2019-05-29';
/** Statuses with which Omise says a final no to what was to be made; everything else leaves it unknown. */
const DECLINED = new Set([400, 402, 404, 422]);

export type OmiseAnswer = { readonly status: number; readonly body: unknown };

/** One call of Omise's API. */
export type OmiseCall = (
  method: 'GET' | 'POST',
  path: string,
  form?: URLSearchParams,
  /** Sent as Idempotency-Key. */
  key?: string,
) => Promise<OmiseAnswer>;

export type OmiseAccess = {
  /** `https://api.omise.co`, without a slash at the end. */
  readonly baseUrl: string;
  readonly secretKey: string;
};

/** @returns calls that end within ten seconds; a failure UPSTREAM_UNAVAILABLE leaves their effect unknown */
export function makeOmiseCall({ baseUrl, secretKey }: OmiseAccess): OmiseCall {
  const authorization = `Basic ${Buffer.from(`${secretKey}:`).toString('base64')}`;
  return async (method, path, form, key) => {
    try {
      const response = await fetch(baseUrl + path, {
        method,
        headers: {
          authorization,
          'omise-version': API_VERSION,
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
        ...(form === undefined ? {} : { body: form }),
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return { status: response.status, body: await response.json() };
    } catch (cause) {
      throw omiseAway(cause);
    }
  };
}

/** What Omise made, or its final no. */
export function madeOrDeclined<Schema extends z.ZodType>(
  schema: Schema,
  { status, body }: OmiseAnswer,
): z.output<Schema> | { readonly status: 'declined'; readonly failure: string } {
  if (status === 200 || status === 201) return omiseObject(schema, body);
  const refusal = OmiseError.safeParse(body);
  if (DECLINED.has(status) && refusal.success) return { status: 'declined', failure: refusal.data.code };
  throw omiseAway(`Omise answered ${status}`);
}

/** The object that was asked for; undefined when Omise says for sure that it has none. */
export function foundOrAbsent<Schema extends z.ZodType>(
  schema: Schema,
  { status, body }: OmiseAnswer,
): z.output<Schema> | undefined {
  if (status === 404 && OmiseError.safeParse(body).success) return undefined;
  if (status !== 200) throw omiseAway(`Omise answered ${status}`);
  return omiseObject(schema, body);
}

export function omiseObject<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  return readAnswer('Omise', schema, body);
}

export function omiseAway(cause: unknown): AppError {
  return gatewayAway('Omise', cause);
}
