import { createPublicKey, type KeyObject, randomUUID } from 'node:crypto';
import { createServer, type Http2Session, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { jwtVerify } from 'jose';
import { z } from 'zod';
import { SECOND } from '#shared/time.ts';
import { REQUEST_FAULTS } from '../../frame/faults.ts';
import type { World } from '../../frame/world.ts';
import { fateOf } from '../push-tokens.ts';

export type ApnsAccount = {
  readonly teamId: string;
  readonly keyId: string;
  readonly topic: string;
  readonly privateKey: KeyObject;
};

export type ApnsServer = { readonly port: number; stop(): Promise<void> };

const PAYLOAD_BYTES_MAX = 4096;
const TOKEN_AGE_MAX_S = 3600;
const SLOW_MS = 2 * SECOND;

const Payload = z.object({
  aps: z.object({ alert: z.object({ title: z.string(), body: z.string() }) }),
  data: z.record(z.string(), z.string()).optional(),
});

type Said = { readonly status: number; readonly reason?: string; readonly extra?: object };

/**
 * Apple's push service over HTTP/2 without TLS, as far as we use it. What it makes of a token is in `push-tokens.ts`;
 * it fails by the name `apns`.
 */
export async function startApnsServer(
  world: World,
  account: ApnsAccount,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<ApnsServer> {
  const publicKey = createPublicKey(account.privateKey);
  const sessions = new Set<Http2Session>();
  const server = createServer();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
    session.on('error', () => undefined);
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    void bodyOf(stream).then((body) => respond(stream, headers, body));
  });

  async function respond(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, body: Buffer): Promise<void> {
    const fault = world.faults.draw('apns', REQUEST_FAULTS);
    if (fault === 'timeout') return;
    const id = String(headers['apns-id'] ?? randomUUID());
    const said = fault === 'error' ? { status: 503, reason: 'ServiceUnavailable' } : await serve(headers, body);
    if (fault === 'slow') await sleep(SLOW_MS, undefined, { ref: false });
    if (fault === 'reset_after_commit') {
      stream.session?.destroy();
      return;
    }
    if (stream.closed || stream.destroyed) return;
    stream.respond({ ':status': said.status, 'apns-id': id });
    stream.end(said.reason === undefined ? '' : JSON.stringify({ reason: said.reason, ...said.extra }));
  }

  async function serve(headers: IncomingHttpHeaders, body: Buffer): Promise<Said> {
    const token = /^\/3\/device\/([^/]+)$/.exec(String(headers[':path']))?.[1];
    if (headers[':method'] !== 'POST' || token === undefined) return { status: 404, reason: 'BadPath' };
    const fault = await faultOfProvider(headers.authorization ?? '');
    if (fault !== undefined) return fault;
    if (headers['apns-topic'] !== account.topic) return { status: 400, reason: 'TopicDisallowed' };
    if (body.length > PAYLOAD_BYTES_MAX) return { status: 413, reason: 'PayloadTooLarge' };
    const payload = Payload.safeParse(jsonOf(body));
    if (!payload.success) return { status: 400, reason: 'PayloadEmpty' };
    const fate = fateOf(token);
    switch (fate) {
      case 'gone':
        return { status: 410, reason: 'Unregistered', extra: { timestamp: world.clock().getTime() } };
      case 'wrong':
        return { status: 400, reason: 'BadDeviceToken' };
      case 'quota':
        return { status: 429, reason: 'TooManyRequests' };
      case 'shown':
    }
    const { title, body: text } = payload.data.aps.alert;
    const named = ['apns-collapse-id', 'apns-expiration', 'apns-priority', 'apns-push-type', 'apns-id'];
    world.inbox.deliver({
      channel: 'push',
      provider: 'apns',
      to: `push:${token}`,
      subject: title,
      text,
      data: payload.data.data ?? {},
      headers: Object.fromEntries(
        named.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]])),
      ),
      locale: payload.data.data?.['locale'] ?? null,
    });
    return { status: 200 };
  }

  async function faultOfProvider(authorization: string): Promise<Said | undefined> {
    const token = /^bearer (\S+)$/i.exec(authorization)?.[1];
    if (token === undefined) return { status: 403, reason: 'MissingProviderToken' };
    const verified = await jwtVerify(token, publicKey, { algorithms: ['ES256'], issuer: account.teamId }).catch(
      () => undefined,
    );
    if (verified?.protectedHeader.kid !== account.keyId) return { status: 403, reason: 'InvalidProviderToken' };
    const ageS = world.clock().getTime() / SECOND - (verified.payload.iat ?? 0);
    return ageS > TOKEN_AGE_MAX_S ? { status: 403, reason: 'ExpiredProviderToken' } : undefined;
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const session of sessions) session.destroy();
      }),
  };
}

async function bodyOf(stream: ServerHttp2Stream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return await new Promise((resolve) => {
    stream.on('end', () => resolve(Buffer.concat(chunks)));
  });
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
