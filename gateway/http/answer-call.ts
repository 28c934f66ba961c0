import type { Caller } from '#shared/caller.ts';
import type { Route } from '#shared/http/call.ts';
import { encodeReply } from './encode-reply.ts';
import { type Exchange, send } from './exchange.ts';
import { digestOf, idempotencyKeyOf } from './idempotency-key.ts';
import { parseParts } from './parse-request.ts';
import { readBytes, readJson } from './read-body.ts';
import { factsOf } from './request-facts.ts';

/** Runs a call that lives in this process: parses the request, asks the handler, and sends what the call promises. */
export async function answerCall(
  { call, handler }: Route,
  exchange: Exchange,
  { params, caller }: { readonly params: Readonly<Record<string, string>>; readonly caller: Caller | undefined },
): Promise<void> {
  const { request, url } = exchange;
  const key = idempotencyKeyOf(call, request.headers['idempotency-key'] as string | undefined);
  const takesBody = call.method !== 'GET';
  const [path, query = ''] = splitOnce(url, '?');
  const rawBody = call.raw ? await readBytes(request) : takesBody ? await readJson(request) : undefined;
  const parts = parseParts(call, { params, query, body: rawBody });
  const idempotency = key === undefined ? undefined : { key, digest: digestOf(call, path, parts.body) };
  // `handle` checked the handler against this very call; here its types are forgotten.
  const reply = await handler({ ...parts, caller, facts: factsOf(exchange, idempotency) } as never);
  const { status, headers, body } = encodeReply(call, reply);
  send(exchange, status, headers, body);
}

function splitOnce(text: string, mark: string): [string, string?] {
  const at = text.indexOf(mark);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
