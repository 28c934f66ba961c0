import type { z } from 'zod';
import type { AppError } from '#shared/errors.ts';
import { SECOND } from '#shared/time.ts';
import { gatewayAway, readAnswer } from './answers.ts';
import { XenditError } from './xendit-wire.ts';

const TIMEOUT_MS = 10 * SECOND;
/** Refusals that say nothing of the thing itself: wrong credentials, a twin under way, too many calls. */
const NOT_ITS_FAULT = new Set([401, 403, 408, 409, 429]);

export type XenditAnswer = { readonly status: number; readonly body: unknown };
export type XenditCall = (method: 'GET' | 'POST', path: string, body?: object, key?: string) => Promise<XenditAnswer>;

export type XenditAccess = {
  /** `https://api.xendit.co`, without a slash at the end. */
  readonly baseUrl: string;
  readonly secretKey: string;
};

/**
 * @param version of the API, where a call needs one to be named
 * @returns calls that end within ten seconds; a failure UPSTREAM_UNAVAILABLE leaves their effect unknown
 */
export function makeXenditCall({ baseUrl, secretKey }: XenditAccess, version?: string): XenditCall {
  const authorization = `Basic ${Buffer.from(`${secretKey}:`).toString('base64')}`;
  return async (method, path, body, key) => {
    try {
      const response = await fetch(baseUrl + path, {
        method,
        headers: {
          authorization,
          ...(version === undefined ? {} : { 'api-version': version }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return { status: response.status, body: await response.json() };
    } catch (cause) {
      throw xenditAway(cause);
    }
  };
}

/** What Xendit made, or its final no. */
export function madeOrDeclinedByXendit<Schema extends z.ZodType>(
  schema: Schema,
  { status, body }: XenditAnswer,
): z.output<Schema> | { readonly status: 'declined'; readonly failure: string } {
  if (status === 200 || status === 201) return xenditObject(schema, body);
  const refusal = XenditError.safeParse(body);
  const isFinal = status >= 400 && status < 500 && !NOT_ITS_FAULT.has(status);
  if (isFinal && refusal.success) return { status: 'declined', failure: refusal.data.error_code.toLowerCase() };
  throw xenditAway(`Xendit answered ${status}`);
}

/** The object that was asked for; undefined when Xendit says for sure that it has none. */
export function foundAtXendit<Schema extends z.ZodType>(
  schema: Schema,
  { status, body }: XenditAnswer,
): z.output<Schema> | undefined {
  if (status === 404 && XenditError.safeParse(body).success) return undefined;
  if (status !== 200) throw xenditAway(`Xendit answered ${status}`);
  return xenditObject(schema, body);
}

export function xenditObject<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  return readAnswer('Xendit', schema, body);
}

export function xenditAway(cause: unknown): AppError {
  return gatewayAway('Xendit', cause);
}
