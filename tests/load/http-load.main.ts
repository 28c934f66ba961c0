import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { Pool } from 'pg';
import { openCode } from '#services/auth/otp-code.ts';
import { deriveSecrets } from '#services/auth/secrets.ts';
import { unreachable } from '#shared/errors.ts';
import type { ChallengeId } from '#shared/ids.ts';
import { CPU_FIGURE } from './logins/figures.ts';
import { closedLoop, openLoop } from './measure.ts';
import { CpuMeter, type ProcessKinds } from './sockets/cpu-meter.ts';

/** Calls that follow one another in a lane; a later one may use what an earlier one answered. */
export type HttpLoad = {
  readonly lanes: number;
  readonly warmUpMs: number;
  readonly runMs: number;
  /**
   * `login` sends and verifies a one-time code for a number of its own; `get` asks for one address again and again;
   * `transfer` pays the smallest sum, each under a key of its own.
   */
  readonly kind: 'get' | 'post' | 'login' | 'transfer';
  readonly url: string;
  /** For logins: where codes are kept, and the key that opens them. The text message is not waited for. */
  readonly codes?: { readonly databaseUrl: string; readonly otpKey: string };
  /** Calls offered a second, however many are under way; as many as the lanes can make when not said. */
  readonly offered?: number;
  /** Whose processor time is counted. */
  readonly processes: ProcessKinds;
  /** For `get`: one token per lane. */
  readonly tokens?: readonly string[];
  /** For `transfer`: who pays whom, in turn. */
  readonly transfers?: readonly { readonly token: string; readonly walletId: string; readonly recipientId: string }[];
  /** Keeps the numbers of one run apart from those of another: at most 99. */
  readonly run: number;
};

const [load] = (await once(process, 'message')) as [HttpLoad];
const agent = new Agent({ keepAlive: true, maxSockets: load.lanes, scheduling: 'fifo' });

type Answer = { readonly status: number; readonly text: string };

/** Everyone calls from an address of their own, as the proxy in front of the gateway would say. */
function nextAddress(): string {
  return `10.${people >> 16}.${(people >> 8) & 255}.${people & 255}`;
}

function call(method: string, url: string, body?: object, token?: string, key?: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const outgoing = request(url, {
    method,
    agent,
    headers: {
      ...(payload === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
      'x-forwarded-for': nextAddress(),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
  });
  outgoing.on('response', (response) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => (text += chunk));
    response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    response.on('error', reject);
  });
  outgoing.on('error', reject);
  outgoing.end(payload);
  return promise;
}

async function ok(answer: Promise<Answer>): Promise<string> {
  const { status, text } = await answer;
  if (status >= 300) throw new Error(`${status} ${text}`);
  return text;
}

let people = 0;

/** Any number that has no factor in common with a million: people who log in at one moment are no neighbours. */
const STRIDE = 618_033;

/** A Thai mobile number that no other call of any run uses. */
function nextPhone(): string {
  people += 1;
  return `+668${String(load.run).padStart(2, '0')}${String((people * STRIDE) % 1_000_000).padStart(6, '0')}`;
}

async function login(): Promise<void> {
  const phone_number = nextPhone();
  await ok(call('POST', `${load.url}/auth/otp/send`, { phone_number, country_code: 'TH' }));
  const otp_code = await codeFor(phone_number);
  await ok(call('POST', `${load.url}/auth/otp/verify`, { phone_number, country_code: 'TH', otp_code }));
}

let transfers = 0;

async function transfer(): Promise<string> {
  const all = load.transfers ?? [];
  const { token, walletId, recipientId } = all[(transfers += 1) % all.length]!;
  const body = { wallet_id: walletId, recipient_id: recipientId, amount: '0.01', currency: 'THB' };
  return await ok(call('POST', `${load.url}/payments/transfers`, body, token, randomUUID()));
}

const UNUSED_KEY = '0'.repeat(64);
const pool = new Pool({ connectionString: load.codes?.databaseUrl, max: 8 });
const secrets = deriveSecrets({ otpKey: load.codes?.otpKey ?? UNUSED_KEY, refreshKey: UNUSED_KEY, pinKey: UNUSED_KEY });

/** Waiting for their codes; all of one turn of the event loop are read at once, so that reading them costs the store little. */
let wanted = new Map<string, (code: string | undefined) => void>();

async function codeFor(phone: string): Promise<string> {
  if (wanted.size === 0) setImmediate(() => void readCodes());
  const code = await new Promise<string | undefined>((resolve) => wanted.set(phone, resolve));
  if (code === undefined) throw new Error(`no code for ${phone}`);
  return code;
}

async function readCodes(): Promise<void> {
  const asked = wanted;
  wanted = new Map();
  const { rows } = await pool.query<{ phone_number: string; id: ChallengeId; sealed_code: Buffer }>({
    name: 'codes-for',
    text: 'SELECT phone_number, id, sealed_code FROM auth.otp_challenges WHERE phone_number = ANY ($1)',
    values: [[...asked.keys()]],
  });
  for (const row of rows) asked.get(row.phone_number)?.(openCode(secrets, row.id, row.sealed_code));
  for (const resolve of asked.values()) resolve(undefined);
}

const cpu = new CpuMeter(load.processes, CPU_FIGURE);
setTimeout(() => cpu.reset(), load.warmUpMs);
async function one(lane: number): Promise<unknown> {
  switch (load.kind) {
    case 'get':
      return await ok(call('GET', load.url, undefined, load.tokens?.[lane % load.tokens.length]));
    case 'post':
      return await ok(call('POST', load.url, { phone_number: nextPhone(), country_code: 'TH' }));
    case 'login':
      return await login();
    case 'transfer':
      return await transfer();
    default:
      return unreachable(load.kind);
  }
}

const times = { warmUpMs: load.warmUpMs, runMs: load.runMs };
const measured =
  load.offered === undefined
    ? await closedLoop({ ...times, lanes: load.lanes, call: one })
    : await openLoop({ ...times, perSecond: load.offered, call: one });
process.send!({ ...measured, figures: cpu.read((measured.perSecond * load.runMs) / 1000) });
agent.destroy();
await pool.end();
process.disconnect();
