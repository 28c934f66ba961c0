import type { IncomingMessage } from 'node:http';
import type { Caller } from '#shared/caller.ts';
import { AppError } from '#shared/errors.ts';
import { networkOf } from '#shared/network-of.ts';
import { HOUR, MINUTE, SECOND } from '#shared/time.ts';
import { authorize } from '../http/authorize.ts';
import { type Exchange, send } from '../http/exchange.ts';
import { readBytes } from '../http/read-body.ts';
import { html } from '#shared/html.ts';
import { page, sendPage } from '../pages/html.ts';
import type { Authenticate, Budgets, Spend } from '../ports.ts';
import { fromWire, type Payload, toWire, WirePayloads } from './wire-payloads.ts';

export type CodecPorts = {
  readonly authenticate: Authenticate;
  /** Reads payloads; leaves those alone that are not encrypted. */
  readonly decode: (payloads: Payload[]) => Promise<Payload[]>;
  /** Writes down who has read how many payloads of a namespace, before they are handed out. */
  readonly record: (caller: Caller, read: { readonly namespace: string; readonly payloads: number }) => Promise<void>;
  /** Where Temporal's UI is; only its pages may ask from a browser. */
  readonly uiUrl: string;
  readonly clock: () => Date;
  readonly budgets: Pick<Budgets, 'spend'>;
  /** Multiplies the budgets: 1, or more where RATE_LIMITS is relaxed. */
  readonly budgetFactor: number;
};

/** Answers what is under {@link CODEC_BASE}. */
export type CodecEndpoint = (exchange: Exchange, path: string) => Promise<void>;

/** The endpoint that Temporal's UI is told of; it adds `/decode`. */
export const CODEC_BASE = '/codec';

/** A page of a history holds a megabyte or two. */
const BODY_BYTES_MAX = 4 * 1024 * 1024;
/** Calls of one address, whoever makes them, and payloads that one of ops reads: a day's work, and no whole database. */
const CALLS = { bucket: 'codec.calls', limit: 300, windowMs: MINUTE } as const;
const PAYLOADS = { bucket: 'codec.payloads', limit: 20_000, windowMs: HOUR } as const;
const COOKIE = 'tchat_codec';
const NAMESPACE = /^[\w.-]{1,100}$/;
/** What a call for ops needs; see `authorize`. */
const FOR_OPS = { access: ['ops'], tag: 'ops', method: 'POST' } as const;

/**
 * Lets ops read workflow payloads in Temporal's UI and with its command line (`--codec-endpoint`, `--codec-auth`). It
 * takes an access token as the API does; for a browser, whose UI has none to send, a page takes it once and keeps it in a
 * cookie that scripts cannot read and other sites cannot use, until the token ends.
 */
export function makeCodecEndpoint(ports: CodecPorts): CodecEndpoint {
  const uiOrigin = new URL(ports.uiUrl).origin;

  function allowUi({ request, response }: Exchange): void {
    response.setHeader('Vary', 'Origin');
    if (request.headers.origin !== uiOrigin) return;
    response.setHeader('Access-Control-Allow-Origin', uiOrigin);
    response.setHeader('Access-Control-Allow-Credentials', 'true');
    response.setHeader('Access-Control-Allow-Methods', 'POST');
    response.setHeader('Access-Control-Allow-Headers', 'Authorization, Content-Type, X-Namespace');
  }

  /** @throws {AppError} RATE_LIMIT_EXCEEDED; UPSTREAM_UNAVAILABLE while nobody can count */
  async function draw(budget: Omit<Spend, 'key'>, key: string, count = 1): Promise<void> {
    const limit = budget.limit * ports.budgetFactor;
    const spent = await ports.budgets.spend([{ ...budget, limit, key, count }]);
    if (!spent.allowed) throw new AppError('RATE_LIMIT_EXCEEDED', { retryAfterS: spent.retryAfterS });
  }

  async function opsOf({ request }: Exchange, token?: string): Promise<Caller> {
    const header = token === undefined ? (request.headers.authorization ?? cookieToken(request)) : `Bearer ${token}`;
    return (await authorize(FOR_OPS, header, ports.authenticate))!;
  }

  async function decode(exchange: Exchange): Promise<void> {
    const { request } = exchange;
    allowUi(exchange);
    if (request.method === 'OPTIONS') return send(exchange, 204, {});
    only(exchange, 'POST');
    // A cookie comes along with what any page sends; that of the UI says where it is from.
    const isForeign = request.headers.origin !== undefined && request.headers.origin !== uiOrigin;
    if (isForeign) throw new AppError('FORBIDDEN');
    await draw(CALLS, networkOf(exchange.ip));
    const caller = await opsOf(exchange);
    exchange.userId = caller.userId;
    const body = WirePayloads.safeParse(jsonOf(await readBytes(request, { bytesMax: BODY_BYTES_MAX })));
    if (!body.success) throw new AppError('VALIDATION_ERROR', { details: 'The body is not {"payloads": […]}' });
    if (body.data.payloads.length > 0) await draw(PAYLOADS, caller.userId, body.data.payloads.length);
    const payloads = await ports.decode(body.data.payloads.map(fromWire)).catch((cause: unknown) => {
      throw new AppError('VALIDATION_ERROR', { details: 'A payload was altered, or its key is gone', cause });
    });
    const namespace = request.headers['x-namespace']?.toString() ?? '';
    const named = NAMESPACE.test(namespace) ? namespace : 'unknown';
    await ports.record(caller, { namespace: named, payloads: payloads.length });
    send(exchange, 200, { 'Content-Type': 'application/json' }, JSON.stringify({ payloads: payloads.map(toWire) }));
  }

  async function openSession(exchange: Exchange): Promise<void> {
    only(exchange, 'POST');
    await draw(CALLS, networkOf(exchange.ip));
    const form = new URLSearchParams((await readBytes(exchange.request)).toString('utf8'));
    const token = (form.get('token') ?? '').trim();
    const { expiresAt } = await opsOf(exchange, token);
    const seconds = Math.max(0, Math.floor((expiresAt.getTime() - ports.clock().getTime()) / SECOND));
    const secure = uiOrigin.startsWith('https:') ? '; Secure' : '';
    send(exchange, 303, {
      Location: ports.uiUrl,
      'Set-Cookie': `${COOKIE}=${token}; Path=${CODEC_BASE}; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`,
    });
  }

  return async (exchange, path) => {
    exchange.call = 'codec';
    switch (path) {
      case `${CODEC_BASE}/decode`:
        return await decode(exchange);
      case `${CODEC_BASE}/session`:
        return await openSession(exchange);
      case CODEC_BASE:
        only(exchange, 'GET');
        return sendCodecPage(exchange, ports.uiUrl);
      default:
        throw new AppError('NOT_FOUND');
    }
  };
}

function sendCodecPage(exchange: Exchange, uiUrl: string): void {
  const body = html`<h1>Reading workflow payloads</h1>
    <p>
      For ops. Paste an access token; until it ends, <a href="${uiUrl}">Temporal’s UI</a> shows payloads in the clear,
      once its data encoder is told to send cookies along (“Include cross-origin credentials”). Each reading is audited.
    </p>
    <form method="post" action="${CODEC_BASE}/session">
      <p>
        <label>Access token <input name="token" type="password" autocomplete="off" required /></label>
      </p>
      <p><button>Read payloads</button></p>
    </form>`;
  sendPage(exchange, page('Reading workflow payloads', body));
}

function only({ request, response }: Exchange, method: 'GET' | 'POST'): void {
  if (request.method === method) return;
  response.setHeader('Allow', method);
  throw new AppError('METHOD_NOT_ALLOWED');
}

function cookieToken({ headers }: IncomingMessage): string | undefined {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  const token = pairs.find(([name]) => name === COOKIE)?.[1];
  return token === undefined ? undefined : `Bearer ${token}`;
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
