import type { Caller } from '#shared/caller.ts';
import type { Route } from '#shared/http/call.ts';
import type { Log } from '#shared/log.ts';
import { encodeReply } from './encode-reply.ts';
import { type Exchange, send } from './exchange.ts';
import { digestOf, idempotencyKeyOf } from './idempotency-key.ts';
import { parseParts } from './parse-request.ts';
import { readBytes, readJson } from './read-body.ts';
import { factsOf } from './request-facts.ts';
import { sendBytes } from './send-bytes.ts';
import type { Uploads } from './uploads.ts';

export type AnswerOptions = {
  readonly params: Readonly<Record<string, string>>;
  readonly caller: Caller | undefined;
  readonly uploads: Uploads;
  readonly log: Log;
};

/** Runs a call that lives in this process: parses the request, asks the handler, and sends what the call promises. */
export async function answerCall(
  { call, handler }: Route,
  exchange: Exchange,
  { params, caller, uploads, log }: AnswerOptions,
): Promise<void> {
  const { request, url } = exchange;
  const key = idempotencyKeyOf(call, request.headers['idempotency-key'] as string | undefined);
  const takesBody = call.method !== 'GET';
  const [path, query = ''] = splitOnce(url, '?');
  using received = call.upload && (await uploads.receive(request, call.upload));
  const rawBody =
    received?.bytes ?? (call.raw ? await readBytes(request) : takesBody ? await readJson(request) : undefined);
  const parts = parseParts(call, { params, query, body: rawBody });
  const idempotency = key === undefined ? undefined : { key, digest: digestOf(call, path, parts) };
  // `handle` checked the handler against this very call; here its types are forgotten.
  const reply = await handler({ ...parts, caller, facts: factsOf(exchange, idempotency) } as never);
  const { status, headers, body } = encodeReply(call, reply);
  if (typeof body === 'object') sendBytes(exchange, { status, headers: { ...headers }, body }, log);
  else send(exchange, status, headers, body);
}

function splitOnce(text: string, mark: string): [string, string?] {
  const at = text.indexOf(mark);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
