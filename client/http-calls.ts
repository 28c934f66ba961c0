import type { z } from 'zod';
import { AppError, ERRORS, type ErrorCode, type FieldFault } from '#shared/errors.ts';
import type { Call } from '#shared/http/call.ts';
import { SECOND } from '#shared/time.ts';

type Part<Name extends string, Schema> = Schema extends z.ZodType
  ? { readonly [Key in Name]: z.input<Schema> }
  : unknown;
type Body<C extends Call> = C extends { raw: true }
  ? { readonly body: Uint8Array<ArrayBuffer> }
  : Part<'body', C['body']>;
type Query<C extends Call> = C['query'] extends z.ZodType ? { readonly query?: z.input<C['query']> } : unknown;
type Key<C extends Call> = C['idempotency'] extends 'required'
  ? { readonly idempotencyKey: string }
  : C['idempotency'] extends 'accepted'
    ? { readonly idempotencyKey?: string }
    : unknown;

/** What a call takes, by the contract: `{ params, query, body, idempotencyKey }`, those that it has. */
export type Parts<C extends Call> = Part<'params', C['params']> &
  Query<C> &
  Body<C> &
  Key<C> & { readonly stepUpToken?: string };

/** What it answers: the status with its body. The gateway checks answers by the same schema, so we do not again. */
export type Answered<C extends Call> = {
  [Status in keyof C['answers'] & number]: {
    readonly status: Status;
    readonly body: C['answers'][Status] extends z.ZodType
      ? z.output<C['answers'][Status]>
      : C['answers'][Status] extends 'bytes'
        ? Uint8Array<ArrayBuffer>
        : undefined;
  };
}[keyof C['answers'] & number];

type AnyParts = {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
  readonly stepUpToken?: string;
};

const BASE_PATH = '/api/v1';
const ANSWER_WITHIN_MS = 30 * SECOND;

/** Makes calls of the HTTP contract. Of several gateways the first that answers is used, and remembered. */
export class HttpCalls {
  readonly #baseUrls: readonly string[];
  /** The gateway that answered last. */
  #current = 0;

  constructor(baseUrls: readonly string[]) {
    this.#baseUrls = baseUrls.map((url) => url.replace(/\/$/, ''));
  }

  /**
   * Only a call that may be repeated goes on to the next gateway when one cannot be reached: it may have been heard.
   *
   * @throws {AppError} what the server answered; UPSTREAM_UNAVAILABLE or TIMEOUT when there was no answer
   */
  async make<C extends Call>(call: C, parts: Parts<C>, token?: string): Promise<Answered<C>> {
    const mayRepeat = call.method !== 'POST' || (parts as AnyParts).idempotencyKey !== undefined;
    const attempts = mayRepeat ? this.#baseUrls.length : 1;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#once(call, parts, token);
      } catch (error) {
        if (error instanceof AppError) throw error;
        this.#current = (this.#current + 1) % this.#baseUrls.length;
        if (attempt < attempts) continue;
        const timedOut = error instanceof Error && error.name === 'TimeoutError';
        throw new AppError(timedOut ? 'TIMEOUT' : 'UPSTREAM_UNAVAILABLE', { cause: error });
      }
    }
  }

  async #once<C extends Call>(call: C, parts: AnyParts, token: string | undefined): Promise<Answered<C>> {
    const response = await fetch(this.#urlOf(call, parts), {
      method: call.method,
      headers: headersOf(call, parts, token),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      ...bodyOf(call, parts),
    });
    const body = await read(response, call.answers[response.status] === 'bytes');
    if (!response.ok) throw errorOf(response, body);
    return { status: response.status, body } as Answered<C>;
  }

  #urlOf(call: Call, { params = {}, query = {} }: AnyParts): string {
    const path = call.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])));
    const url = new URL(`${this.#baseUrls[this.#current]}${BASE_PATH}${path}`);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, `${value as string | number | boolean}`);
    }
    return url.href;
  }
}

function headersOf(call: Call, parts: AnyParts, token: string | undefined): Record<string, string> {
  return {
    ...(parts.body === undefined
      ? {}
      : { 'Content-Type': call.raw === true ? 'application/octet-stream' : 'application/json' }),
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(parts.idempotencyKey === undefined ? {} : { 'Idempotency-Key': parts.idempotencyKey }),
    ...(parts.stepUpToken === undefined ? {} : { 'Step-Up': parts.stepUpToken }),
  };
}

function bodyOf(call: Call, { body }: AnyParts): { body?: string | Uint8Array<ArrayBuffer> } {
  if (body === undefined) return {};
  return { body: call.raw === true ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body) };
}

async function read(response: Response, isFile: boolean): Promise<unknown> {
  if (isFile) return new Uint8Array(await response.arrayBuffer());
  const isJson = response.headers.get('Content-Type')?.includes('json') === true;
  return isJson ? await response.json() : undefined;
}

/** The problem document of a refusal, as the error that the server threw. */
function errorOf(response: Response, body: unknown): AppError {
  const { error, code, details } = (body ?? {}) as { error?: string; code?: string; details?: string | FieldFault[] };
  const retryAfter = Number(response.headers.get('Retry-After') ?? Number.NaN);
  return new AppError(isCode(code) ? code : 'INTERNAL', {
    message: error ?? `the server answered ${response.status}`,
    ...(details === undefined ? {} : { details }),
    ...(Number.isNaN(retryAfter) ? {} : { retryAfterS: retryAfter }),
  });
}

function isCode(code: string | undefined): code is ErrorCode {
  return code !== undefined && Object.hasOwn(ERRORS, code);
}
