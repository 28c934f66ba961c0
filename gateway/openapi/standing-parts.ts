import { ERRORS } from '#shared/errors.ts';

const CODES = Object.keys(ERRORS);

/** RFC 9457's members beside the contract's. */
export const PROBLEM = {
  type: 'object',
  description: 'What went wrong. Act on `code`; `error` is for people.',
  required: ['error', 'code', 'type', 'title', 'status', 'instance', 'request_id'],
  properties: {
    error: { type: 'string' },
    code: { type: 'string', enum: CODES },
    details: {
      oneOf: [
        { type: 'string' },
        {
          type: 'array',
          items: {
            type: 'object',
            required: ['path', 'message'],
            properties: { path: { type: 'string' }, message: { type: 'string' } },
          },
        },
      ],
    },
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    instance: { type: 'string' },
    request_id: { type: 'string' },
  },
} as const;

export const headers = {
  'X-Request-Id': { description: 'Names this request in the log', schema: { type: 'string' } },
  RateLimit: {
    description: 'What is left of the budget: `"write";r=599;t=60`, with the budget itself in RateLimit-Policy',
    schema: { type: 'string' },
  },
  'Retry-After': { description: 'Whole seconds after which a retry makes sense', schema: { type: 'integer' } },
} as const;

/** One response for each status of the error table, naming the codes that it may carry. */
export function problemAnswers(): Record<string, unknown> {
  const byStatus = Map.groupBy(Object.entries(ERRORS), ([, { status }]) => status);
  const answers = [...byStatus].map(([status, errors]) => [
    String(status),
    {
      description: errors.map(([code, { title }]) => `${code}: ${title}`).join('. '),
      headers: {
        'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' },
        ...(errors.some(([, { retry }]) => retry)
          ? { 'Retry-After': { $ref: '#/components/headers/Retry-After' } }
          : {}),
      },
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ]);
  return Object.fromEntries(answers) as Record<string, unknown>;
}
