import { createPublicKey, type KeyObject, randomBytes, randomUUID } from 'node:crypto';
import express, { type Request, type RequestHandler } from 'express';
import { jwtVerify } from 'jose';
import { z } from 'zod';
import { HOUR, SECOND } from '#shared/time.ts';
import { endpoint, type Answer } from '../../frame/endpoint.ts';
import type { World } from '../../frame/world.ts';
import type { Provider } from '../provider.ts';
import { fateOf, QUOTA_RETRY_AFTER_S } from '../push-tokens.ts';

export type FcmAccount = {
  readonly projectId: string;
  readonly clientEmail: string;
  /** The service account's; its public half checks what it signs. */
  readonly privateKey: KeyObject;
};

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
const TOKEN_LIFE_S = HOUR / SECOND;
const PAYLOAD_BYTES_MAX = 4096;
const TOKENS_MAX = 10_000;

const text = z.string();
const SendBody = z.strictObject({
  validate_only: z.boolean().optional(),
  message: z.object({
    token: text.min(1),
    notification: z.object({ title: text.optional(), body: text.optional() }).optional(),
    data: z.record(text, text).optional(),
    android: z
      .object({ collapse_key: text.optional(), priority: z.enum(['NORMAL', 'HIGH']).optional(), ttl: text.optional() })
      .optional(),
  }),
});

/** Errors of firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode, with the status that Google's APIs give them. */
const ERRORS = {
  INVALID_ARGUMENT: [400, 'INVALID_ARGUMENT'],
  UNREGISTERED: [404, 'NOT_FOUND'],
  SENDER_ID_MISMATCH: [403, 'PERMISSION_DENIED'],
  QUOTA_EXCEEDED: [429, 'RESOURCE_EXHAUSTED'],
  UNAVAILABLE: [503, 'UNAVAILABLE'],
} as const;

/** Google's token endpoint, and Firebase Cloud Messaging's HTTP v1 API as far as we use it. */
export function makeFcm(world: World, { projectId, clientEmail, privateKey }: FcmAccount): Provider {
  const publicKey = createPublicKey(privateKey);
  const tokens = new Set<string>();
  const routes = express.Router();

  routes.post('/token', express.urlencoded({ extended: false, limit: '20kb' }), (request, response, next) => {
    grant((request.body ?? {}) as Record<string, string>).then(({ status, body }) => {
      response.status(status).json(body);
    }, next);
  });

  async function grant({ grant_type, assertion = '' }: Readonly<Record<string, string>>): Promise<Answer> {
    const options = { algorithms: ['RS256'], issuer: clientEmail, requiredClaims: ['iat', 'exp', 'aud', 'scope'] };
    const verified = await jwtVerify(assertion, publicKey, options).catch(() => undefined);
    const isMeant = verified?.payload['scope'] === SCOPE && String(verified.payload.aud).endsWith('/token');
    if (grant_type !== GRANT || !isMeant) {
      return { status: 400, body: { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' } };
    }
    const token = `ya29.${randomBytes(24).toString('base64url')}`;
    if (tokens.size >= TOKENS_MAX) tokens.clear();
    tokens.add(token);
    return { status: 200, body: { access_token: token, expires_in: TOKEN_LIFE_S, token_type: 'Bearer' } };
  }

  const authorized: RequestHandler = (request, response, next) => {
    const token = /^Bearer (\S+)$/.exec(request.get('authorization') ?? '')?.[1] ?? '';
    if (tokens.has(token)) next();
    else response.status(401).json({ error: { code: 401, status: 'UNAUTHENTICATED', message: 'Invalid credentials' } });
  };
  routes.post(
    `/v1/projects/${projectId}/messages\\:send`,
    authorized,
    express.json({ limit: '100kb' }),
    (request, response, next) => {
      const token = (request.body as { message?: { token?: unknown } } | undefined)?.message?.token;
      if (fateOf(String(token)) === 'quota') response.set('retry-after', String(QUOTA_RETRY_AFTER_S));
      void endpoint(world.faults, 'fcm', {
        serve: () => send(world, projectId, request),
        broken: () => failed('UNAVAILABLE'),
      })(request, response, next);
    },
  );
  return { name: 'fcm', routes };
}

function send(world: World, projectId: string, request: Request): Answer {
  const parsed = SendBody.safeParse(request.body);
  if (!parsed.success) return failed('INVALID_ARGUMENT');
  const { token, notification, data = {}, android } = parsed.data.message;
  const bytes = Buffer.byteLength(JSON.stringify({ notification, data }));
  if (bytes > PAYLOAD_BYTES_MAX) return failed('INVALID_ARGUMENT');
  const fate = fateOf(token);
  switch (fate) {
    case 'gone':
      return failed('UNREGISTERED');
    case 'wrong':
      return failed('INVALID_ARGUMENT');
    case 'quota':
      return failed('QUOTA_EXCEEDED');
    case 'shown':
  }
  world.inbox.deliver({
    channel: 'push',
    provider: 'fcm',
    to: `push:${token}`,
    subject: notification?.title ?? '',
    text: notification?.body ?? '',
    data,
    headers: android?.collapse_key === undefined ? {} : { 'collapse-key': android.collapse_key },
    locale: data['locale'] ?? null,
  });
  return { status: 200, body: { name: `projects/${projectId}/messages/${randomUUID()}` } };
}

function failed(errorCode: keyof typeof ERRORS): Answer {
  const [code, status] = ERRORS[errorCode];
  const details = [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode }];
  return { status: code, body: { error: { code, message: errorCode, status, details } } };
}
