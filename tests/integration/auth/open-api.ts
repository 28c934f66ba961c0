import { Registry } from 'prom-client';
import { makeHttpApp } from '#gateway/http/app.ts';
import { openServer } from '#gateway/http/server.ts';
import { makeHttpMetrics } from '#infrastructure/metrics/http-metrics.ts';
import { authRoutes } from '#services/auth/routes.ts';
import { verifyOtp } from '#shared/contracts/auth/otp.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { openAuth, PHONE } from './open-auth.ts';

/** {@link PHONE}, as people write it. */
export const THAI = { phone_number: '081 234 5678', country_code: 'TH' };

type Asked = { readonly token?: string; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> };

/** The calls of identity behind the gateway's front, on a free port. */
export async function openApi() {
  const at = await openAuth();
  const app = makeHttpApp({
    routes: authRoutes(at.auth),
    remotes: [],
    pages: [],
    authenticate: at.identity.authenticate,
    limiter: undefined,
    log: quietLog,
    metrics: makeHttpMetrics(new Registry()),
    addressOf: () => '203.0.113.7',
    publicUrl: at.publicUrl,
    allowedOrigins: [],
  });
  const open = await openServer(app, { host: '127.0.0.1', port: 0 });
  const origin = `http://127.0.0.1:${open.port}`;

  async function call(method: string, path: string, { token, body, headers }: Asked = {}) {
    const response = await fetch(`${origin}/api/v1${path}`, {
      method,
      headers: {
        ...headers,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer: unknown = text === '' ? undefined : JSON.parse(text);
    return { status: response.status, body: answer, headers: response.headers };
  }

  return {
    at,
    origin,
    call,
    /** Asks for a code for {@link PHONE} and logs in with it. */
    logIn: async (device: { readonly device_id?: string } = {}) => {
      await call('POST', '/auth/otp/send', { body: THAI });
      const otp = { ...THAI, otp_code: await at.codeOf(PHONE), device_info: device };
      return verifyOtp.answers[200].parse((await call('POST', '/auth/otp/verify', { body: otp })).body);
    },
    [Symbol.asyncDispose]: async () => {
      open.server.closeAllConnections();
      await open.close();
      await at[Symbol.asyncDispose]();
    },
  };
}
