import { ERRORS, type ErrorCode } from '#shared/errors.ts';
import type { Call } from '#shared/http/call.ts';
import { scopeNeeded } from '#shared/scopes.ts';
import { makeSchemaWriter, type JsonSchema, type SchemaWriter } from './schemas.ts';
import { headers, PROBLEM, problemAnswers } from './standing-parts.ts';

export type OpenApiDocument = {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: Call['tag']; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>>; readonly [kind: string]: unknown };
};

export type Parameter = {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
};

export type Operation = {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly Call['tag'][];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly description?: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: Readonly<Record<string, { schema: JsonSchema }>>;
  };
  readonly responses: Readonly<Record<string, unknown>>;
};

const TAGS: { readonly [Tag in Call['tag']]: string } = {
  auth: 'Logging in by phone, sessions, profiles',
  messaging: 'Dialogs, messages and receipts; live delivery is on Socket.IO',
  payments: 'Wallets, deposits and transfers',
  commerce: 'Shops, products and orders',
  notifications: 'What people are told, and how',
  ops: 'For operators and auditors',
};

/** Which token a call takes, with the scope that it must have. */
function securityOf(call: Call): Operation['security'] {
  if (call.access === 'public') return [];
  const needed = scopeNeeded(call);
  const withToken = { accessToken: needed === 'any' ? [] : [needed] };
  // Either: with a token or without one.
  return call.access === 'optional' ? [withToken, {}] : [withToken];
}

/** A file: OpenAPI 3.1 needs no schema for bytes, and people are told by its format. */
const FILE: JsonSchema = { format: 'binary' };

/** The OpenAPI 3.1 document of these calls, made from the schemas that validate their requests and answers. */
export function openApiDocument(
  calls: readonly Call[],
  info: { readonly version: string; readonly serverUrl: string },
): OpenApiDocument {
  const writer = makeSchemaWriter();
  const paths: Record<string, Record<string, Operation>> = {};
  for (const call of calls) {
    paths[call.path] = { ...paths[call.path], [call.method.toLowerCase()]: operationOf(call, writer) };
  }
  const used = new Set(calls.map(({ tag }) => tag));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tchat',
      version: info.version,
      description: 'Chat, wallets and shops. Every failure is application/problem+json with a machine-readable `code`.',
    },
    servers: [{ url: info.serverUrl }],
    tags: Object.entries(TAGS)
      .map(([name, description]) => ({ name: name as Call['tag'], description }))
      .filter(({ name }) => used.has(name)),
    paths,
    components: {
      schemas: { ...writer.components, Problem: PROBLEM },
      securitySchemes: { accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      responses: problemAnswers(),
      headers,
    },
  };
}

function operationOf(call: Call, writer: SchemaWriter): Operation {
  const roles = typeof call.access === 'string' ? undefined : call.access;
  return {
    operationId: call.name,
    summary: call.summary,
    tags: [call.tag],
    ...(roles === undefined ? {} : { description: `For callers with the role ${roles.join(' or ')}.` }),
    security: securityOf(call),
    parameters: [...fieldsOf(call.params, 'path', writer), ...fieldsOf(call.query, 'query', writer), ...keyOf(call)],
    ...bodyOf(call, writer),
    responses: responsesOf(call, writer),
  };
}

function fieldsOf(schema: Call['query'], place: 'path' | 'query', writer: SchemaWriter): Parameter[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = writer.write(schema, 'sent') as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...field }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(typeof description === 'string' ? { description } : {}),
    schema: field,
  }));
}

function keyOf({ idempotency }: Call): Parameter[] {
  if (idempotency === undefined) return [];
  return [
    {
      name: 'Idempotency-Key',
      in: 'header',
      required: idempotency === 'required',
      description: 'A repeat with the same key and body gets the first answer; kept for 24 hours at least',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    },
  ];
}

function bodyOf(call: Call, writer: SchemaWriter): Pick<Operation, 'requestBody'> {
  if (call.upload) {
    return {
      requestBody: {
        required: true,
        content: Object.fromEntries(call.upload.types.map((type) => [type, { schema: FILE }])),
      },
    };
  }
  if (call.raw) return { requestBody: { required: true, content: { '*/*': { schema: {} } } } };
  if (call.body === undefined) return {};
  const required = !call.body.safeParse(undefined).success;
  return { requestBody: { required, content: { 'application/json': { schema: writer.write(call.body, 'sent') } } } };
}

function responsesOf(call: Call, writer: SchemaWriter): Record<string, unknown> {
  const common = { 'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' } };
  const rated = { ...common, RateLimit: { $ref: '#/components/headers/RateLimit' } };
  const answers = Object.entries(call.answers).map(([status, schema]) => [
    status,
    {
      description: (schema === 'bytes' ? undefined : schema?.description) ?? 'Done',
      headers: rated,
      ...contentOf(schema, writer),
    },
  ]);
  const refusals = [...new Set(refusalsOf(call).map((code) => ERRORS[code].status))].map((status) => [
    status,
    { $ref: `#/components/responses/${status}` },
  ]);
  return Object.fromEntries([...answers, ...refusals]) as Record<string, unknown>;
}

function contentOf(schema: Call['answers'][number], writer: SchemaWriter): object {
  if (schema === undefined) return {};
  if (schema === 'bytes') return { content: { '*/*': { schema: FILE } } };
  return { content: { 'application/json': { schema: writer.write(schema, 'answered') } } };
}

/** What the front itself may refuse, and what the call says that its use case does. */
function refusalsOf(call: Call): ErrorCode[] {
  return [
    'VALIDATION_ERROR',
    ...(call.access === 'public' ? [] : (['UNAUTHORIZED'] as const)),
    ...(call.access === 'public' || call.access === 'optional' ? [] : (['FORBIDDEN'] as const)),
    ...(call.params === undefined ? [] : (['NOT_FOUND'] as const)),
    ...(call.method === 'GET' ? [] : (['CONFLICT', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const)),
    ...(call.idempotency === undefined ? [] : (['IDEMPOTENCY_KEY_REUSED'] as const)),
    ...(call.rate === 'money' ? (['INSUFFICIENT_FUNDS'] as const) : []),
    ...(call.refuses ?? []),
    'RATE_LIMIT_EXCEEDED',
    'UPSTREAM_UNAVAILABLE',
  ];
}
