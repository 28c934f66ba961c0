import { type ClientHttp2Session, connect, type IncomingHttpHeaders, type IncomingHttpStatusHeader } from 'node:http2';
import { SECOND } from '#shared/time.ts';

const CONNECT_WITHIN_MS = 5 * SECOND;
const ANSWER_WITHIN_MS = 8 * SECOND;
/** An idle connection is given up after this, and made again when it is needed. */
const IDLE_MAX_MS = 60 * SECOND;
const ANSWER_CHARACTERS_MAX = 10_000;

export type Answer = {
  readonly status: number;
  readonly apnsId: string | undefined;
  readonly retryAfter: string | undefined;
  readonly body: string;
};

export type ApnsConnection = {
  /** @throws with the code of the connection's failure, ECONNREFUSED when nothing was said yet; any other when it is not known */
  post(path: string, headers: Readonly<Record<string, string>>, body: Buffer): Promise<Answer>;
  close(): void;
};

/** One HTTP/2 connection that all pushes share, made when the first needs it and again after it has ended. */
export function makeApnsConnection(baseUrl: string): ApnsConnection {
  let current: Promise<ClientHttp2Session> | undefined;

  function session(): Promise<ClientHttp2Session> {
    current ??= open(baseUrl, () => (current = undefined));
    return current;
  }

  return {
    post: async (path, headers, body) => {
      const stream = (await session()).request({ ':method': 'POST', ':path': path, ...headers });
      return await new Promise((resolve, reject) => {
        let answer: (IncomingHttpHeaders & IncomingHttpStatusHeader) | undefined;
        let text = '';
        const timer = setTimeout(() => stream.destroy(new Error('no answer in time')), ANSWER_WITHIN_MS);
        stream.setEncoding('utf8');
        stream.on('response', (got) => (answer = got));
        stream.on('data', (chunk: string) => {
          if (text.length < ANSWER_CHARACTERS_MAX) text += chunk;
        });
        stream.on('error', reject);
        stream.on('close', () => {
          clearTimeout(timer);
          if (answer === undefined) reject(new Error('closed without an answer'));
          else
            resolve({
              status: Number(answer[':status']),
              apnsId: named(answer, 'apns-id'),
              retryAfter: named(answer, 'retry-after'),
              body: text,
            });
        });
        stream.end(body);
      });
    },
    close: () => {
      void current?.then(
        (open) => open.destroy(),
        () => undefined,
      );
      current = undefined;
    },
  };
}

function named(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

function open(baseUrl: string, ended: () => void): Promise<ClientHttp2Session> {
  return new Promise((resolve, reject) => {
    const made = connect(baseUrl);
    const timer = setTimeout(
      () => made.destroy(Object.assign(new Error('no connection in time'), { code: 'ECONNREFUSED' })),
      CONNECT_WITHIN_MS,
    );
    made.once('connect', () => {
      clearTimeout(timer);
      made.setTimeout(IDLE_MAX_MS, () => made.close());
      // A connection that waits for the next push keeps no process alive.
      made.unref();
      resolve(made);
    });
    made.on('error', reject);
    made.on('goaway', ended);
    made.on('close', () => {
      clearTimeout(timer);
      ended();
      reject(Object.assign(new Error('closed'), { code: 'ECONNREFUSED' }));
    });
  });
}
