import { createECDH, createPublicKey, type ECDH, randomBytes } from 'node:crypto';
import express, { type Request, type Router } from 'express';
import { jwtVerify } from 'jose';
import { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import { BoundedMap } from '../../frame/bounded-map.ts';
import { type Answer, endpoint } from '../../frame/endpoint.ts';
import type { World } from '../../frame/world.ts';
import type { Provider } from '../provider.ts';
import { openMessage } from './open-message.ts';

/** A browser that has asked for pushes. The sandbox holds its keys, so that it can show what it was sent. */
type Subscription = { readonly keys: ECDH; readonly auth: Buffer; isGone: boolean };

const SUBSCRIPTIONS_MAX = 50_000;
const BODY_BYTES_MAX = 4096;
const AUTH_BYTES = 16;

const Shown = z.object({ title: z.string(), body: z.string(), data: z.record(z.string(), z.string()) });

export type WebPush = {
  readonly provider: Provider;
  /**
   * POST /sandbox/webpush/subscriptions: a browser asks for pushes, and has what it would give to the product.
   * DELETE /sandbox/webpush/subscriptions/{id}: it wants no more.
   */
  readonly control: Router;
};

/**
 * A push service of browsers (RFC 8030) that wants to know who sends (VAPID, RFC 8292).
 *
 * @param baseUrl where the sandbox serves this provider
 */
export function makeWebPush(world: World, baseUrl: () => string): WebPush {
  const subscriptions = new BoundedMap<string, Subscription>(SUBSCRIPTIONS_MAX);
  const serve = async (request: Request<{ id: string }>): Promise<Answer> => {
    const subscription = subscriptions.get(request.params.id);
    if (subscription === undefined) return { status: 404, body: {} };
    if (subscription.isGone) return { status: 410, body: {} };
    if (!(await isKnown(request, new URL(baseUrl()).origin))) return { status: 403, body: {} };
    if (request.get('content-encoding') !== 'aes128gcm' || request.get('ttl') === undefined) {
      return { status: 400, body: {} };
    }
    const shown = Shown.parse(JSON.parse(openMessage(request.body as Buffer, subscription.keys, subscription.auth)));
    const named = ['ttl', 'urgency', 'topic'];
    world.inbox.deliver({
      channel: 'push',
      provider: 'webpush',
      to: `push:${baseUrl()}/push/${request.params.id}`,
      subject: shown.title,
      text: shown.body,
      data: shown.data,
      headers: Object.fromEntries(
        named.flatMap((name) => {
          const value = request.get(name);
          return value === undefined ? [] : [[name, value]];
        }),
      ),
      locale: shown.data['locale'] ?? null,
    });
    return { status: 201, body: {} };
  };

  const routes = express.Router();
  // A coded body is passed on as it is: the parser would otherwise want to undo the coding.
  routes.post(
    '/push/:id',
    rawBody,
    endpoint(world.faults, 'webpush', {
      serve: (request) => serve(request as Request<{ id: string }>),
      broken: () => ({ status: 503, body: {} }),
    }),
  );

  const control = express.Router();
  control.post('/webpush/subscriptions', (_request, response) => {
    const id = randomBytes(16).toString('hex');
    const keys = createECDH('prime256v1');
    const p256dh = keys.generateKeys('base64url');
    const auth = randomBytes(AUTH_BYTES);
    subscriptions.set(id, { keys, auth, isGone: false });
    response
      .status(201)
      .json({ id, endpoint: `${baseUrl()}/push/${id}`, keys: { p256dh, auth: auth.toString('base64url') } });
  });
  control.delete('/webpush/subscriptions/:id', (request, response) => {
    const subscription = subscriptions.get(request.params.id);
    if (subscription === undefined) throw new AppError('NOT_FOUND');
    subscription.isGone = true;
    response.status(204).end();
  });
  return { provider: { name: 'webpush', routes }, control };
}

const rawBody: express.RequestHandler = (request, response, next) => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    chunks.push(chunk);
  });
  request.on('end', () => {
    if (bytes > BODY_BYTES_MAX) {
      response.status(413).end();
      return;
    }
    request.body = Buffer.concat(chunks);
    next();
  });
};

/** `Authorization: vapid t=<JWT>, k=<public key>`, the JWT signed by that key and made out to this origin. */
async function isKnown(request: Request<{ id: string }>, origin: string): Promise<boolean> {
  const [, token, key] = /^vapid t=([\w.-]+), ?k=([\w-]+)$/.exec(request.get('authorization') ?? '') ?? [];
  if (token === undefined || key === undefined) return false;
  const point = Buffer.from(key, 'base64url');
  const coordinate = (from: number) => point.subarray(from, from + 32).toString('base64url');
  const jwk = { kty: 'EC', crv: 'P-256', x: coordinate(1), y: coordinate(33) };
  const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
  return await jwtVerify(token, publicKey, {
    algorithms: ['ES256'],
    audience: origin,
    requiredClaims: ['sub', 'exp'],
  }).then(
    () => true,
    () => false,
  );
}
