import { setTimeout as sleep } from 'node:timers/promises';
import type { Request, RequestHandler, Response } from 'express';
import { MINUTE, SECOND } from '#shared/time.ts';
import { type Faults, REQUEST_FAULTS } from './faults.ts';

/** A silent provider keeps the connection this long, longer than any client of ours waits. */
const SILENT_MS = MINUTE;

/** What `slow` adds, after the thing was done: long enough for a webhook to overtake the answer. */
const SLOW_MS = 2 * SECOND;

export type Answer = { readonly status: number; readonly body: unknown };

/** One call of a provider's API. */
export type Endpoint = {
  /** Told of each request, also of those that a fault then swallows. */
  readonly noticed?: (request: Request) => void;
  /** Does it, at once and whole: what is not answered may still have been done. */
  readonly serve: (request: Request) => Answer | Promise<Answer>;
  /** This provider's own way of saying that it is broken. */
  readonly broken: () => Answer;
};

/** Serves a call with the faults that are set for its provider. */
export function endpoint(faults: Faults, target: string, { noticed, serve, broken }: Endpoint): RequestHandler {
  return async (request, response) => {
    noticed?.(request);
    const fault = faults.draw(target, REQUEST_FAULTS);
    switch (fault) {
      case 'timeout':
        setTimeout(() => response.socket?.destroy(), SILENT_MS).unref();
        return;
      case 'error':
        answer(response, broken());
        return;
      case 'reset_after_commit':
        await serve(request);
        response.socket?.resetAndDestroy();
        return;
      case 'slow': {
        const done = await serve(request);
        await sleep(SLOW_MS, undefined, { ref: false });
        answer(response, done);
        return;
      }
      case undefined:
        answer(response, await serve(request));
    }
  };
}

function answer(response: Response, { status, body }: Answer): void {
  response.status(status).json(body);
}
