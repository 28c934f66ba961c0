import type { Page } from '../http/app.ts';
import { type Exchange, send } from '../http/exchange.ts';
import type { Readiness } from '#shared/readiness.ts';
import { SECOND } from '#shared/time.ts';

/** Anyone may ask; the engines are asked once in this time, however many do. */
const FRESH_FOR_MS = SECOND;

/** `/health/live` touches nothing; `/health/ready` tells whether this process can serve, and what it misses. */
export function healthPages(readiness: () => Promise<Readiness>): Page[] {
  let asked: { readonly at: number; readonly state: Promise<Readiness> } | undefined;
  const fresh = (): Promise<Readiness> => {
    if (asked === undefined || performance.now() - asked.at > FRESH_FOR_MS) {
      asked = { at: performance.now(), state: readiness() };
    }
    return asked.state;
  };
  return [
    { path: '/health/live', answer: (exchange) => sendJson(exchange, 200, { status: 'live' }) },
    {
      path: '/health/ready',
      answer: async (exchange) => {
        const state = await fresh();
        sendJson(exchange, state.ready ? 200 : 503, state);
      },
    },
  ];
}

function sendJson(exchange: Exchange, status: number, body: object): void {
  send(exchange, status, { 'Content-Type': 'application/json' }, JSON.stringify(body));
}
