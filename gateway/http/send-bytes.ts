import { pipeline, Readable } from 'node:stream';
import type { Bytes } from '#shared/http/call.ts';
import type { Log } from '#shared/log.ts';
import { SECOND } from '#shared/time.ts';
import type { Exchange } from './exchange.ts';

/** A client that takes nothing for this long is cut off. */
const STALLED_AFTER_MS = 30 * SECOND;

/**
 * Begins to send a file, and returns while it goes on as fast as the client takes it. The status is out by then, so a
 * source that fails breaks the connection: the client must see a broken answer, not a short one.
 */
export function sendBytes(
  { request, response, requestId, call }: Exchange,
  {
    status,
    headers,
    body,
  }: { readonly status: number; readonly headers: Record<string, string>; readonly body: Bytes },
  log: Log,
): void {
  const source = body instanceof Readable ? body : Readable.from(body, { objectMode: false });
  if (response.headersSent || response.destroyed) {
    source.destroy();
    return;
  }
  response.writeHead(status, headers);
  if (request.method === 'HEAD') {
    source.destroy();
    response.end();
    return;
  }
  response.setTimeout(STALLED_AFTER_MS, () => response.destroy());
  pipeline(source, response, (error) => {
    if (!error || error.code === 'ERR_STREAM_PREMATURE_CLOSE') return;
    log.error({ requestId, call, err: error }, 'a file broke off while it was sent');
  });
}
