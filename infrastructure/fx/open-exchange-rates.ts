import { z } from 'zod';
import type { RateFeed, RateTable } from '#services/payments/conversion/ports.ts';
import { AppError } from '#shared/errors.ts';
import { type Currency, CURRENCIES } from '#shared/money.ts';
import { SECOND } from '#shared/time.ts';

type OpenExchangeRatesOptions = {
  /** `https://openexchangerates.org/api`, without a slash at the end. */
  readonly baseUrl: string;
  readonly appId: string;
};

const TIMEOUT_MS = 10 * SECOND;
/** All currencies of the world take some 4 KB. */
const BYTES_MAX = 256 * 1024;

/** What `latest.json` answers, with its numbers as they were written. `timestamp` is in seconds. */
const Latest = z.object({
  timestamp: z.string().regex(/^\d{9,11}$/),
  base: z.literal('USD'),
  rates: z.record(z.string(), z.string()),
});

/**
 * Open Exchange Rates, https://docs.openexchangerates.org: `GET /latest.json`, rates over the US dollar. The App ID goes in
 * the header, since addresses are logged.
 */
export function makeOpenExchangeRates({ baseUrl, appId }: OpenExchangeRatesOptions): RateFeed {
  async function ask(): Promise<string> {
    try {
      const response = await fetch(`${baseUrl}/latest.json?symbols=${CURRENCIES.join(',')}`, {
        headers: { authorization: `Token ${appId}` },
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = await response.text();
      if (response.status !== 200) throw new Error(`it answered ${response.status}`);
      return text;
    } catch (cause) {
      throw away(cause);
    }
  }

  return { name: 'openexchangerates', latest: async () => readTable(await ask()) };
}

function readTable(text: string): RateTable {
  if (text.length > BYTES_MAX) throw away(new Error('the answer is too long'));
  let body: unknown;
  try {
    body = JSON.parse(text, asWritten);
  } catch (cause) {
    throw away(cause);
  }
  const parsed = Latest.safeParse(body);
  if (!parsed.success) throw away(parsed.error);
  const { timestamp, rates } = parsed.data;
  const perUsd = new Map<Currency, string>();
  for (const currency of CURRENCIES) {
    const rate = rates[currency];
    if (rate !== undefined) perUsd.set(currency, rate);
  }
  return { ratedAt: new Date(Number(timestamp) * SECOND), perUsd };
}

/** Numbers stay the text that they were written as: a rate is never a floating-point number. */
function asWritten(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' ? context?.source : value;
}

function away(cause: unknown): AppError {
  return new AppError('UPSTREAM_UNAVAILABLE', { message: 'The feed of exchange rates cannot be read', cause });
}
