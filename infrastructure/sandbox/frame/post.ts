import http from 'node:http';
import https from 'node:https';
import { SECOND } from '#shared/time.ts';

/** How long a receiver may take to answer; real providers wait between 5 and 15 seconds. */
const ANSWER_WITHIN_MS = 10 * SECOND;

/** Enough to keep up with thousands of reports a second, few enough not to crowd out the receiver's other callers. */
const SOCKETS_MAX = 32;

export interface Post {
  /** The HTTP status of the answer, or 0 when none came. Never rejects. */
  (url: string, headers: Readonly<Record<string, string>>, body: string): Promise<number>;
  close(): void;
}

type Where = {
  /** What the product calls itself to the outside. */
  readonly publicUrl: string;
  /** Where it is really reached from here. Callbacks are signed for the one and sent to the other. */
  readonly callbackUrl: string;
};

/** Sends callbacks over connections that are kept. */
export function makePost({ publicUrl, callbackUrl }: Where): Post {
  const options = { keepAlive: true, maxSockets: SOCKETS_MAX };
  const agents = { 'http:': new http.Agent(options), 'https:': new https.Agent(options) };

  function reached(url: string): URL {
    const prefix = publicUrl.replace(/\/$/, '');
    return new URL(url.startsWith(prefix) ? callbackUrl.replace(/\/$/, '') + url.slice(prefix.length) : url);
  }

  function post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<number> {
    return new Promise((resolve) => {
      const target = reached(url);
      const secure = target.protocol === 'https:';
      const request = (secure ? https : http).request(target, {
        method: 'POST',
        agent: agents[secure ? 'https:' : 'http:'],
        headers: { ...headers, host: new URL(url).host, 'content-length': Buffer.byteLength(body) },
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      request.once('response', (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0));
        response.once('error', () => resolve(0));
      });
      request.once('error', () => resolve(0));
      request.end(body);
    });
  }

  return Object.assign(post, {
    close: () => {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  });
}
