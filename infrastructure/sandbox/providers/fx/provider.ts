import express, { type Router } from 'express';
import { z } from 'zod';
import { Currency } from '#shared/money.ts';
import { SECOND } from '#shared/time.ts';
import { type Answer, endpoint } from '../../frame/endpoint.ts';
import type { World } from '../../frame/world.ts';
import { parsed } from '../../problem.ts';
import type { Provider } from '../provider.ts';

export type FxAccount = { readonly appId: string };

/** Rough rates of late 2026; they stand still until someone moves them. */
const RATES: Readonly<Record<Currency, string>> = {
  THB: '32.415',
  SGD: '1.3012',
  IDR: '16642.5',
  MYR: '4.1375',
  PHP: '58.72',
  VND: '26345',
  USD: '1',
};

const Rate = z.string().regex(/^\d{1,12}(\.\d{1,12})?$/, 'must be a plain decimal');
const FxBody = z.strictObject({
  rates: z.partialRecord(Currency, Rate).optional(),
  /** When the rates are said to be of, from now on; null is the moment they are asked for. */
  rated_at: z.iso.datetime().nullable().optional(),
});

/** Whole seconds: what the feed counts in. */
function secondsOf(at: Date): number {
  return Math.floor(at.getTime() / SECOND);
}

export type Fx = { readonly provider: Provider; readonly control: Router };

/** Open Exchange Rates' `latest.json`, and POST /sandbox/fx to move its rates. */
export function makeFx(world: World, { appId }: FxAccount): Fx {
  let rates = RATES;
  let ratedAt: Date | undefined;

  function latest(request: express.Request): Answer {
    const token = request.get('authorization')?.replace(/^Token /, '') ?? request.query['app_id'];
    if (token !== appId) return refused(401, 'invalid_app_id', 'Invalid App ID provided.');
    const { symbols } = request.query;
    const wanted = typeof symbols === 'string' ? symbols.split(',') : Object.keys(rates);
    const asked = Object.entries(rates).filter(([currency]) => wanted.includes(currency));
    return {
      status: 200,
      body: {
        disclaimer: 'sandbox',
        license: 'sandbox',
        timestamp: secondsOf(ratedAt ?? world.clock()),
        base: 'USD',
        // Sent as numbers, like the feed's.
        rates: Object.fromEntries(asked.map(([currency, rate]) => [currency, Number(rate)])),
      },
    };
  }

  const routes = express.Router();
  routes.get(
    '/latest.json',
    endpoint(world.faults, 'fx', { serve: latest, broken: () => refused(500, 'internal', 'Something went wrong.') }),
  );
  const control = express.Router();
  control.post('/fx', (request, response) => {
    const moved = parsed(FxBody, request.body);
    rates = { ...rates, ...moved.rates };
    if (moved.rated_at !== undefined) ratedAt = moved.rated_at === null ? undefined : new Date(moved.rated_at);
    response.json({ rates, rated_at: ratedAt?.toISOString() ?? null });
  });
  return { provider: { name: 'fx', routes }, control };
}

function refused(status: number, message: string, description: string): Answer {
  return { status, body: { error: true, status, message, description } };
}
