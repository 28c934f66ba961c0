import type { z } from 'zod';
import type { Charge, NotMade, PaymentGateway } from '#services/payments/ports.ts';
import { AppError } from '#shared/errors.ts';
import { MINUTE, SECOND } from '#shared/time.ts';
import { neverSent } from './never-sent.ts';
import { payoutInOmiseEvent } from './omise-payout-wire.ts';
import { checkOmiseSignature } from './omise-signature.ts';
import { OmiseCharge, OmiseChargeList, OmiseError, OmiseEvent, omiseAmount } from './omise-wire.ts';

type OmiseOptions = {
  /** `https://api.omise.co`, without a slash at the end. */
  readonly baseUrl: string;
  readonly secretKey: string;
  /** Base64, as Omise's dashboard shows it. */
  readonly webhookSecret: string;
};

const TIMEOUT_MS = 10 * SECOND;
const API_VERSION = '2019-05-29';
/** Statuses with which Omise says a final no to a new charge; everything else leaves it unknown. */
const DECLINED = new Set([400, 402, 422]);
/** Statuses with which it says that it does not serve this account, or not now. */
const NOT_SERVED = new Set([401, 403, 404, 429]);
const PAGE = 100;
/** How many charges a search by reference looks through: as many as are made within its few minutes, and to spare. */
const PAGES_MAX = 50;
/** Our clock and Omise's may differ by this. */
const CLOCK_SKEW_MS = 2 * MINUTE;

/**
 * Omise (Opn Payments), https://docs.omise.co: PromptPay, mobile banking, PayNow, DuitNow.
 *
 * Whether Omise honours an Idempotency-Key is not documented, so the service asks by reference before it repeats a
 * creation. That question goes to the list of charges: Omise's search is a copy that lags behind.
 */
export function makeOmise(options: OmiseOptions): PaymentGateway {
  const authorization = `Basic ${Buffer.from(`${options.secretKey}:`).toString('base64')}`;

  async function call(
    method: 'GET' | 'POST',
    path: string,
    form?: URLSearchParams,
    key?: string,
  ): Promise<{ readonly status: number; readonly body: unknown }> {
    try {
      const response = await fetch(options.baseUrl + path, {
        method,
        headers: {
          authorization,
          'omise-version': API_VERSION,
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
        ...(form === undefined ? {} : { body: form }),
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return { status: response.status, body: await response.json() };
    } catch (cause) {
      throw away(cause);
    }
  }

  async function fetchCharge(chargeId: string): Promise<Charge | undefined> {
    const { status, body } = await call('GET', `/charges/${chargeId}`);
    if (status === 404 && OmiseError.safeParse(body).success) return undefined;
    if (status !== 200) throw away(`Omise answered ${status}`);
    return parsed(OmiseCharge, body);
  }

  return {
    name: 'omise',

    create: async ({ reference, money, method, description, returnUrl }) => {
      const form = new URLSearchParams({
        amount: omiseAmount(money),
        currency: money.currency,
        'source[type]': method,
        return_uri: returnUrl,
        'metadata[reference]': reference,
      });
      if (description !== undefined) form.set('description', description);
      const answer = await call('POST', '/charges', form, reference).catch(notMadeUnlessSent);
      if ('failure' in answer) return answer;
      const { status, body } = answer;
      if (status === 200 || status === 201) return parsed(OmiseCharge, body);
      const refusal = OmiseError.safeParse(body);
      if (DECLINED.has(status) && refusal.success) return { status: 'declined', failure: refusal.data.code };
      if (NOT_SERVED.has(status) && refusal.success) {
        return { status: 'not_made', failure: refusal.data.code, isPassing: status === 429 };
      }
      throw away(`Omise answered ${status}`);
    },

    find: async (reference, askedAt) => {
      const query = new URLSearchParams({
        from: new Date(askedAt.getTime() - CLOCK_SKEW_MS).toISOString(),
        order: 'chronological',
        limit: PAGE.toString(),
      });
      for (let page = 0; page < PAGES_MAX; page++) {
        query.set('offset', (page * PAGE).toString());
        const { status, body } = await call('GET', `/charges?${query.toString()}`);
        if (status !== 200) throw away(`Omise answered ${status}`);
        const list = parsed(OmiseChargeList, body);
        for (const item of list.data) {
          // What others made with this account may look otherwise; it is not ours then.
          const found = OmiseCharge.safeParse(item);
          if (found.success && found.data.reference === reference) return found.data;
        }
        if (list.data.length < PAGE) return undefined;
      }
      throw away(`${PAGES_MAX} pages of charges do not show ${reference}`);
    },

    fetch: fetchCharge,

    expire: async (chargeId) => {
      // Omise refuses to expire what is no longer pending; what it is instead, the charge itself tells.
      const { status, body } = await call('POST', `/charges/${chargeId}/expire`, new URLSearchParams());
      if (status === 200) return parsed(OmiseCharge, body);
      return await fetchCharge(chargeId);
    },

    readWebhook: async (headers, body, now) => {
      checkOmiseSignature(options.webhookSecret, headers, body, now);
      const event = OmiseEvent.safeParse(jsonOf(body));
      if (!event.success) throw new AppError('VALIDATION_ERROR', { details: 'This is no event of Omise' });
      const { id, key: kind, data } = event.data;
      const payout = payoutInOmiseEvent(kind, data);
      if (payout === 'unreadable') throw new AppError('VALIDATION_ERROR', { details: 'The payout cannot be read' });
      if (payout !== undefined) return { id, kind, charge: undefined, payout };
      if (!kind.startsWith('charge.')) return { id, kind, charge: undefined };
      const reported = OmiseCharge.safeParse(data);
      if (!reported.success) throw new AppError('VALIDATION_ERROR', { details: 'The charge cannot be read' });
      return { id, kind, charge: reported.data };
    },
  };
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

/** An answer that is not what Omise documents leaves its effect as unknown as no answer does. */
function parsed<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const result = schema.safeParse(body);
  if (!result.success) throw away(result.error);
  return result.data;
}

/** @throws what it is given, unless nothing can have arrived */
function notMadeUnlessSent(error: unknown): NotMade {
  const failure = neverSent(error);
  if (failure === undefined) throw error;
  return { status: 'not_made', failure, isPassing: true };
}

function away(cause: unknown): AppError {
  return new AppError('UPSTREAM_UNAVAILABLE', { message: 'Omise cannot be reached', cause });
}
