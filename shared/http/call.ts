import type { z } from 'zod';
import type { Caller, Role } from '../caller.ts';
import type { ErrorCode } from '../errors.ts';
import type { Scope } from '../scopes.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * One call of the HTTP contract: what it takes, what it answers, who may make it.
 *
 * The gateway validates requests and answers with it, and the OpenAPI document is generated from it, so neither can
 * drift. Bodies are strict objects: an unknown field is refused.
 */
export interface Call {
  /** Unique in the product: OpenAPI's operationId, and the name in metrics and idempotency keys. */
  readonly name: string;
  readonly method: Method;
  /** Below `/api/v1`, with `{id}` for parameters: `/dialogs/{id}/messages`. */
  readonly path: string;
  readonly summary: string;
  readonly tag: 'auth' | 'messaging' | 'payments' | 'commerce' | 'notifications' | 'ops';
  /**
   * `public` needs no token; `optional` takes one and does without, and refuses one that is not good; a role list admits
   * only callers that hold one of them.
   */
  readonly access: 'public' | 'optional' | 'user' | readonly Role[];
  /**
   * What the access token must be good for, where that is not the call's own domain: its tag, or the reads of it for a
   * GET. `any` takes every live session, also one that still owes its second factor.
   */
  readonly scope?: Scope | 'any';
  readonly params?: z.ZodObject;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** What each successful status answers; `undefined` for an answer without a body, `bytes` for a file. */
  readonly answers: { readonly [status: number]: z.ZodType | 'bytes' | undefined };
  /**
   * What the use case refuses with, for the document, where the shape of the call does not tell it: each call with
   * parameters answers NOT_FOUND, each that needs a token UNAUTHORIZED and FORBIDDEN, each that changes something CONFLICT.
   */
  readonly refuses?: readonly ErrorCode[];
  /**
   * `required`: the contract's € calls, a missing Idempotency-Key is refused. `accepted`: one may be sent.
   * Either way the use case stores key and answer in the transaction of its effect.
   */
  readonly idempotency?: 'required' | 'accepted';
  /** Which budget the call draws on. Those of `otp` and `money` fail closed when the counters are away. */
  readonly rate: 'otp' | 'money' | 'write' | 'read' | 'lookup' | 'webhook' | 'upload';
  /** The raw body is handed over as it was sent and not parsed as JSON: for signature checks, and for files. */
  readonly raw?: true;
  /** The raw body is a file, which may be larger and take longer than other bodies. */
  readonly upload?: Upload;
}

export type Upload = {
  readonly bytesMax: number;
  /** The media types that are taken; the use case finds the type by content. */
  readonly types: readonly string[];
};

/** A file on its way to the client. Its headers, Content-Type and Content-Length among them, are the handler's to give. */
export type Bytes = AsyncIterable<Uint8Array>;

/** Declares a call and keeps its exact types. */
export function defineCall<const C extends Call>(call: C): C {
  return call;
}

/** The Idempotency-Key of a request and the digest of what was asked: the same key with another digest is refused. */
export type IdempotencyKey = { readonly key: string; readonly digest: string };

/** What a handler knows about the request besides its parsed parts. */
export type RequestFacts = {
  readonly requestId: string;
  /** The peer's address, or the forwarded one from a configured proxy. */
  readonly ip: string;
  readonly userAgent: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly idempotency: IdempotencyKey | undefined;
};

type Out<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

export type Request<C extends Call> = {
  readonly params: Out<C['params']>;
  readonly query: Out<C['query']>;
  readonly body: C extends { raw: true } ? Uint8Array : Out<C['body']>;
  readonly caller: C['access'] extends 'public'
    ? undefined
    : C['access'] extends 'optional'
      ? Caller | undefined
      : Caller;
  readonly facts: RequestFacts;
};

/** A status of the contract with the body that it promises; `headers` for the few that need one, such as Location. */
export type Reply<C extends Call> = {
  [Status in keyof C['answers'] & number]: {
    readonly status: Status;
    readonly body: C['answers'][Status] extends z.ZodType
      ? z.input<C['answers'][Status]>
      : C['answers'][Status] extends 'bytes'
        ? Bytes
        : undefined;
    readonly headers?: Readonly<Record<string, string>>;
  };
}[keyof C['answers'] & number];

/** A call bound to what answers it. Its types are checked by {@link handle} and forgotten here, so that routes form a list. */
export type Route = { readonly call: Call; readonly handler: (request: never) => Promise<unknown> };

export function handle<C extends Call, Status extends keyof C['answers'] & number>(
  call: C,
  // `Status` keeps a handler's `status: 200` the literal that the contract names.
  handler: (request: Request<C>) => Promise<Reply<C> & { readonly status: Status }>,
): Route {
  return { call, handler };
}
