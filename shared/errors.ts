/**
 * The one table of what can go wrong: what HTTP answers, and whether the same call may succeed later.
 * `retry` decides both Temporal's retryability and a client's; no handler invents a status.
 */
export const ERRORS = {
  VALIDATION_ERROR: { status: 400, retry: false, title: 'The request is not valid' },
  IDEMPOTENCY_KEY_MISSING: { status: 400, retry: false, title: 'This call needs an Idempotency-Key header' },
  UNAUTHORIZED: { status: 401, retry: false, title: 'Credentials are missing or not valid' },
  TOKEN_EXPIRED: { status: 401, retry: false, title: 'The access token has expired' },
  SESSION_REVOKED: { status: 401, retry: false, title: 'The session has ended' },
  SECOND_FACTOR_INVALID: { status: 401, retry: false, title: 'The code of the second factor is wrong or was used' },
  PIN_INVALID: { status: 401, retry: false, title: 'The PIN is wrong' },
  INSUFFICIENT_FUNDS: { status: 402, retry: false, title: 'The balance does not cover this' },
  LIMIT_EXCEEDED: { status: 402, retry: false, title: 'This goes over a limit of the wallet' },
  FORBIDDEN: { status: 403, retry: false, title: 'You may not do this' },
  PIN_LOCKED: { status: 403, retry: false, title: 'The PIN is locked after too many wrong tries' },
  SECOND_FACTOR_REQUIRED: { status: 403, retry: false, title: 'Show your second factor first' },
  SECOND_FACTOR_LOCKED: { status: 403, retry: false, title: 'The second factor is locked after too many wrong tries' },
  ACCOUNT_IDLE: { status: 403, retry: false, title: 'Nobody has used the account of this number for long' },
  STEP_UP_REQUIRED: { status: 403, retry: false, title: 'Confirm with your PIN first' },
  NOT_FOUND: { status: 404, retry: false, title: 'There is no such thing here' },
  METHOD_NOT_ALLOWED: { status: 405, retry: false, title: 'This address does not take that method' },
  CONFLICT: { status: 409, retry: false, title: 'The state of the thing forbids this' },
  PAYMENT_DISPUTED: { status: 409, retry: true, title: 'The payment is disputed: nobody is paid before that ends' },
  OUT_OF_STOCK: { status: 409, retry: false, title: 'There is not enough in stock' },
  IDEMPOTENCY_KEY_IN_FLIGHT: { status: 409, retry: true, title: 'The first call with this key is still running' },
  PAYLOAD_TOO_LARGE: { status: 413, retry: false, title: 'The body is too large' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, retry: false, title: 'The body is of a type that this call does not take' },
  RANGE_NOT_SATISFIABLE: { status: 416, retry: false, title: 'The range begins after the end' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, retry: false, title: 'This key was used with another body' },
  RATE_LIMIT_EXCEEDED: { status: 429, retry: true, title: 'Too many calls' },
  TOO_MANY_SOCKETS: { status: 429, retry: false, title: 'Too many sockets for one user' },
  RETRY_LATER: { status: 503, retry: true, title: 'Try again in a moment' },
  UPSTREAM_UNAVAILABLE: { status: 503, retry: true, title: 'A part of the system cannot be reached' },
  TIMEOUT: { status: 504, retry: true, title: 'The call took too long' },
  INTERNAL: { status: 500, retry: true, title: 'Something broke on our side' },
} as const satisfies Record<string, { status: number; retry: boolean; title: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** A fault of one field: `path` as in `items.0.quantity`. */
export type FieldFault = { readonly path: string; readonly message: string };

type Facts = {
  /** What a person may read; the table's title where absent. */
  readonly message?: string;
  readonly details?: string | readonly FieldFault[];
  /** Whole seconds after which a retry makes sense (RFC 9110 `Retry-After`). */
  readonly retryAfterS?: number;
  /** What HTTP says in headers beside it, such as Content-Range. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
};

/** A failure with a code out of {@link ERRORS}. What a client may see is the message and the details, never the cause. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly details: string | readonly FieldFault[] | undefined;
  readonly retryAfterS: number | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, facts: Facts = {}) {
    super(facts.message ?? ERRORS[code].title, { cause: facts.cause });
    this.code = code;
    this.details = facts.details;
    this.retryAfterS = facts.retryAfterS;
    this.headers = facts.headers ?? {};
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  get retryable(): boolean {
    return ERRORS[this.code].retry;
  }
}

/** A refusal of one field. */
export function invalid(path: string, message: string): AppError {
  return new AppError('VALIDATION_ERROR', { details: [{ path, message }] });
}

/** The end of an exhaustive switch: reached only when a type lied. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
