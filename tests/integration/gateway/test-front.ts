import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { z } from 'zod';
import { makeClientAddress } from '#gateway/http/client-address.ts';
import { makeHttpApp, type Page } from '#gateway/http/app.ts';
import { openServer } from '#gateway/http/server.ts';
import type { RemoteCalls } from '#gateway/http/serve-api.ts';
import type { CountryLimits } from '#gateway/limits/rate-classes.ts';
import { makeRateLimiter } from '#gateway/limits/rate-limiter.ts';
import type { Budgets } from '#gateway/ports.ts';
import { makeHttpMetrics } from '#infrastructure/metrics/http-metrics.ts';
import { makeBudgets } from '#infrastructure/redis/budgets.ts';
import type { Caller, Role } from '#shared/caller.ts';
import { AppError, type ErrorCode } from '#shared/errors.ts';
import type { Route } from '#shared/http/call.ts';
import { regionOf, type SessionId, type UserId } from '#shared/ids.ts';
import type { Log } from '#shared/log.ts';
import { newId } from '#shared/new-id.ts';
import { Country } from '#shared/regions.ts';
import { type Answer, type CallOptions, callAt } from './call-at.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { engines } from '#tests/harness/engines.ts';

export type TestFront = {
  readonly url: string;
  readonly port: number;
  readonly registry: Registry;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  [Symbol.asyncDispose](): Promise<void>;
};

export type Problem = {
  readonly error: string;
  readonly code: ErrorCode;
  readonly details?: string | readonly { path: string; message: string }[];
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly instance: string;
  readonly request_id: string;
};

/** A token that these fronts take: the id of the user and the role, or the code to refuse with. */
export function tokenFor(userId: UserId, role: Role = 'user'): string {
  return `${userId}.${role}`;
}

export function someUser(): UserId {
  return newId<UserId>('TH');
}

async function authenticate(token: string): Promise<Caller> {
  const [first = '', role = ''] = token.split('.');
  if (role === '') throw new AppError(first as ErrorCode);
  return {
    userId: first as UserId,
    sessionId: newId<SessionId>('TH'),
    role: role as Role,
    country: Country.parse(regionOf(first as UserId)),
    expiresAt: new Date(Date.now() + 60_000),
  };
}

export type FrontOptions = {
  readonly routes: readonly Route[];
  readonly remotes?: readonly RemoteCalls[];
  readonly pages?: readonly Page[];
  readonly budgets?: Budgets;
  readonly relaxed?: boolean;
  readonly byCountry?: CountryLimits;
  readonly log?: Log;
  readonly trustedProxies?: readonly string[];
  readonly allowedOrigins?: readonly string[];
  readonly answerWithinMs?: number;
};

/** The front with these routes, listening on a free port. */
export async function openFront(options: FrontOptions): Promise<TestFront> {
  const registry = new Registry();
  const log = options.log ?? quietLog;
  const limiter =
    options.budgets &&
    makeRateLimiter({
      budgets: options.budgets,
      relaxed: options.relaxed ?? false,
      byCountry: options.byCountry ?? {},
      log,
    });
  const app = makeHttpApp({
    routes: options.routes,
    remotes: options.remotes ?? [],
    pages: options.pages ?? [],
    authenticate,
    limiter,
    log,
    metrics: makeHttpMetrics(registry),
    addressOf: makeClientAddress(options.trustedProxies ?? []),
    publicUrl: 'http://tchat.test',
    allowedOrigins: options.allowedOrigins ?? [],
    ...(options.answerWithinMs === undefined ? {} : { answerWithinMs: options.answerWithinMs }),
  });
  const open = await openServer(app, { host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${open.port}`;
  return {
    url,
    port: open.port,
    registry,
    call: callAt(url),
    async [Symbol.asyncDispose]() {
      limiter?.close();
      open.server.closeAllConnections();
      await open.close();
    },
  };
}

export function problemOf(answer: Answer): Problem {
  return ProblemShape.parse(answer.body) as Problem;
}

const ProblemShape = z.object({
  error: z.string(),
  code: z.string(),
  details: z.union([z.string(), z.array(z.object({ path: z.string(), message: z.string() }))]).optional(),
  type: z.string(),
  title: z.string(),
  status: z.number(),
  instance: z.string(),
  request_id: z.string(),
});

export type TestBudgets = Budgets & AsyncDisposable & { readonly redis: Redis };

/** Budgets of the test's own in the run's Redis. */
export async function openBudgets(url = engines.redis): Promise<TestBudgets> {
  const redis = new Redis(url, { lazyConnect: true, enableOfflineQueue: false, maxRetriesPerRequest: 0 });
  redis.on('error', () => undefined);
  await redis.connect();
  const budgets = makeBudgets({ redis, prefix: randomBytes(5).toString('hex'), digestKey: 'test' });
  return {
    ...budgets,
    redis,
    async [Symbol.asyncDispose]() {
      const ended = new Promise((resolve) => redis.once('end', resolve));
      redis.disconnect();
      await ended;
    },
  };
}
