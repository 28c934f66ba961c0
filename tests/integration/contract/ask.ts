import type { OpenApiDocument } from '#gateway/openapi/document.ts';
import type { Call } from '#shared/http/call.ts';
import { newId } from '#shared/new-id.ts';
import { type Answer, callAt } from '#tests/integration/gateway/call-at.ts';
import { addressOf } from './calls.ts';
import { makeDocumented } from './documented.ts';

export type Ask = {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** Text is sent as it is, all else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string;
};

export type Asking = Awaited<ReturnType<typeof openAsking>>;

/** Makes the calls of the contract at a gateway that is up. */
export async function openAsking(url: string) {
  const call = callAt(url);
  const documented = makeDocumented((await call('GET', '/api/v1/openapi.json')).body as OpenApiDocument);
  return {
    url,
    /** Any request, whether there is such a call or not. */
    call,
    documented,
    /**
     * Makes one of the calls; a key is sent with those that take one. Whatever is answered must be answered as the served
     * document tells.
     */
    async ask(to: Call, { params, query, token, headers, ...sent }: Ask = {}): Promise<Answer> {
      const text = query === undefined ? '' : `?${new URLSearchParams(query).toString()}`;
      const key = to.idempotency === undefined ? {} : { 'idempotency-key': newId('core') };
      const answer = await call(to.method, addressOf(to, params) + text, {
        ...sent,
        ...(token === undefined ? {} : { token }),
        headers: { ...key, ...headers },
      });
      documented.expectTold(to, answer);
      return answer;
    },
  };
}
