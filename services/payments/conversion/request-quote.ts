import type { Caller } from '#shared/caller.ts';
import type { QuoteBody } from '#shared/contracts/payments/conversions.ts';
import { AppError, invalid } from '#shared/errors.ts';
import type { IdempotencyKey } from '#shared/http/call.ts';
import type { QuoteId } from '#shared/ids.ts';
import { type Currency, type Money, positiveMoney } from '#shared/money.ts';
import { newId } from '#shared/new-id.ts';
import { MINUTE, SECOND } from '#shared/time.ts';
import type { PaymentsPorts } from '../ports.ts';
import { decimalOf } from '../wire.ts';
import { isOverExposed, positionsIn, stateOf } from './positions.ts';
import { priceOf } from './price.ts';
import { insertQuote, type QuoteRow } from './quotes-store.ts';
import { formatDecimal, type PairRates, parsePerUsd, PER_USD_DECIMALS, RATE_DECIMALS } from './rate.ts';
import { latestRates } from './rates-store.ts';
import { termsOf } from './terms.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'clock' | 'idempotency' | 'fx' | 'fxMeters'>;

export type RequestQuote = {
  readonly from: Currency;
  readonly to: Currency;
  /** As written by the client, in `from`. */
  readonly amount: string;
};

/** When it makes sense to ask again for a rate that is not there. */
const RETRY_AFTER_S = MINUTE / SECOND;

/**
 * Gives a rate that is the caller's until it expires. It is not given where the rates of either currency are old, have
 * jumped or are missing, nor where the house would stand too far out in one of them.
 *
 * @throws {AppError} VALIDATION_ERROR, RETRY_LATER
 */
export function makeRequestQuote({ databases, clock, idempotency, fx, fxMeters }: Ports) {
  const core = databases.of('core');

  return async (caller: Caller, asked: RequestQuote, key: IdempotencyKey | undefined): Promise<QuoteBody> => {
    const { from, to } = asked;
    if (from === to) throw invalid('to', 'is the same currency');
    const money = positiveMoney(asked.amount, from);
    if (typeof money === 'string') throw invalid('amount', money);
    const id = newId<QuoteId>('core');
    const at = clock();
    const reply = await core.transaction((tx) =>
      idempotency.run(tx, { userId: caller.userId, call: 'createQuote', key }, async () => {
        const quote = await quoteOf(caller, id, money, to, at);
        await insertQuote(tx, quote);
        return { status: 201, body: quoteBody(quote) };
      }),
    );
    fxMeters?.quoted(from, to, 'given');
    return reply.body;
  };

  async function quoteOf(
    { userId }: Caller,
    id: QuoteId,
    money: Money,
    to: Currency,
    at: Date,
  ): Promise<Omit<QuoteRow, 'spent_at'>> {
    const from = money.currency;
    const rates = await ratesOf(from, to, at);
    const { feeBps, marginBps } = termsOf(from, to, at.toISOString().slice(0, 10), fx.extraMarginBps);
    const price = priceOf(money, to, rates, { feeBps, marginBps });
    if (typeof price === 'string') throw invalid('amount', price);
    await assertRoom(money, price.receive, rates);
    return {
      id,
      user_id: userId,
      from_currency: from,
      to_currency: to,
      amount: money.minor,
      fee: price.fee,
      receive_amount: price.receive.minor,
      rate: formatDecimal(price.rate, RATE_DECIMALS),
      from_per_usd: formatDecimal(rates.fromPerUsd, PER_USD_DECIMALS),
      to_per_usd: formatDecimal(rates.toPerUsd, PER_USD_DECIMALS),
      margin_bps: Number(marginBps),
      created_at: at,
      expires_at: new Date(at.getTime() + fx.quoteForMs),
    };
  }

  async function ratesOf(from: Currency, to: Currency, at: Date): Promise<PairRates> {
    const found = await latestRates(core, [from, to]);
    const [fromPerUsd, toPerUsd] = [from, to].map((currency) => {
      const rate = found.find((rate) => rate.currency === currency);
      if (rate !== undefined && stateOf(rate, at, fx) === 'good') return parsePerUsd(rate.per_usd)!;
      fxMeters?.quoted(from, to, 'no_rate');
      throw new AppError('RETRY_LATER', {
        details: `The rate of ${currency} is not known well enough at this moment`,
        retryAfterS: RETRY_AFTER_S,
      });
    });
    return { fromPerUsd: fromPerUsd!, toPerUsd: toPerUsd! };
  }

  /** Judged again, and under a lock, when the quote is spent: here it saves giving what could not be kept. */
  async function assertRoom(money: Money, receive: Money, rates: PairRates): Promise<void> {
    const positions = await positionsIn(core, [money.currency, receive.currency]);
    const sides = {
      from: {
        currency: money.currency,
        perUsd: rates.fromPerUsd,
        position: (positions.get(money.currency) ?? 0n) + money.minor,
      },
      to: {
        currency: receive.currency,
        perUsd: rates.toPerUsd,
        position: (positions.get(receive.currency) ?? 0n) - receive.minor,
      },
    };
    if (!isOverExposed(sides, fx.exposureMaxMicros)) return;
    fxMeters?.quoted(money.currency, receive.currency, 'exposure');
    throw overExposed();
  }
}

/** The house cannot take this now; it is no fault of the customer's. */
export function overExposed(): AppError {
  return new AppError('RETRY_LATER', {
    details: 'We cannot exchange this much between these currencies at this moment',
    retryAfterS: RETRY_AFTER_S,
  });
}

function quoteBody(quote: Omit<QuoteRow, 'spent_at'>): QuoteBody {
  return {
    quote_id: quote.id,
    from: quote.from_currency,
    to: quote.to_currency,
    amount: decimalOf(quote.amount, quote.from_currency),
    rate: quote.rate,
    fee: decimalOf(quote.fee, quote.from_currency),
    receive_amount: decimalOf(quote.receive_amount, quote.to_currency),
    expires_at: quote.expires_at.toISOString(),
  };
}
