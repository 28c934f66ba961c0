import type { z } from 'zod';
import type { Charge, NotMade, PaymentGateway } from '#services/payments/ports.ts';
import { AppError } from '#shared/errors.ts';
import { SECOND } from '#shared/time.ts';
import { neverSent } from './never-sent.ts';
import { confirmed } from './webhook-claims.ts';
import { checkCallbackToken } from './xendit-token.ts';
import { readXenditPayout } from './xendit-payouts.ts';
import {
  XENDIT_CHANNELS,
  XenditError,
  XenditPayment,
  XenditRequest,
  XenditTransactions,
  XenditWebhook,
  xenditAmount,
} from './xendit-wire.ts';

export type XenditOptions = {
  /** `https://api.xendit.co`, without a slash at the end. */
  readonly baseUrl: string;
  readonly secretKey: string;
  /** As Xendit's dashboard shows it. */
  readonly callbackToken: string;
};

type Answer = { readonly status: number; readonly body: unknown };

const TIMEOUT_MS = 10 * SECOND;
const API_VERSION = '2024-11-11';
const BUSY_STATUS = 409;
/** What Xendit says of sums and payers: the payer may ask for another. */
const DECLINED = new Set(['AMOUNT_BELOW_MINIMUM', 'AMOUNT_ABOVE_MAXIMUM', 'MAXIMUM_TRANSACTION_LIMIT_REACHED']);

/**
 * Xendit, https://docs.xendit.co/apidocs: QRIS, virtual accounts, GCash, Maya, QR Ph, MoMo, VietQR, PromptPay, DuitNow, as
 * payment requests of its third API, which its official client does not speak.
 *
 * Its webhooks show a token that never changes and sign nothing, so that what they say is asked for before it is believed.
 */
export function makeXendit(options: XenditOptions): PaymentGateway {
  const authorization = `Basic ${Buffer.from(`${options.secretKey}:`).toString('base64')}`;

  async function call(method: 'GET' | 'POST', path: string, body?: object, key?: string): Promise<Answer> {
    try {
      const response = await fetch(options.baseUrl + path, {
        method,
        headers: {
          authorization,
          'api-version': API_VERSION,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return { status: response.status, body: await response.json() };
    } catch (cause) {
      throw away(cause);
    }
  }

  async function fetchCharge(chargeId: string): Promise<Charge | undefined> {
    const { status, body } = await call('GET', `/v3/payment_requests/${encodeURIComponent(chargeId)}`);
    if (status === 404 && XenditError.safeParse(body).success) return undefined;
    if (status !== 200) throw away(`Xendit answered ${status}`);
    return parsed(XenditRequest, body);
  }

  return {
    name: 'xendit',

    create: async ({ reference, money, method, description, returnUrl }) => {
      const channel = XENDIT_CHANNELS[method];
      if (channel === undefined) return { status: 'not_made', failure: 'no_such_channel', isPassing: false };
      const wanted = {
        reference_id: reference,
        type: 'PAY',
        country: channel.country,
        currency: money.currency,
        request_amount: xenditAmount(money),
        capture_method: 'AUTOMATIC',
        channel_code: channel.code,
        channel_properties: propertiesOf(channel.by, returnUrl),
        ...(description === undefined ? {} : { description }),
      };
      const answer = await call('POST', '/v3/payment_requests', wanted, reference).catch(notMadeUnlessSent);
      if ('failure' in answer) return answer;
      const { status, body } = answer;
      if (status === 200 || status === 201) return parsed(XenditRequest, body);
      const refusal = XenditError.safeParse(body);
      if (!refusal.success || status < 400 || status >= 500 || status === BUSY_STATUS) {
        throw away(`Xendit answered ${status}`);
      }
      const failure = refusal.data.error_code.toLowerCase();
      if (DECLINED.has(refusal.data.error_code)) return { status: 'declined', failure };
      return { status: 'not_made', failure, isPassing: status === 429 };
    },

    find: async (reference) => {
      const query = new URLSearchParams({ types: 'PAYMENT', reference_id: reference });
      const { status, body } = await call('GET', `/transactions?${query.toString()}`);
      if (status !== 200) throw away(`Xendit answered ${status}`);
      const found = parsed(XenditTransactions, body).data.find(({ reference_id }) => reference_id === reference);
      return found && (await fetchCharge(found.product_id));
    },

    fetch: fetchCharge,

    expire: async (chargeId) => {
      // Xendit refuses to cancel what is no longer open; what it is instead, the request itself tells.
      const { status, body } = await call('POST', `/v3/payment_requests/${encodeURIComponent(chargeId)}/cancel`, {});
      if (status === 200) return parsed(XenditRequest, body);
      return await fetchCharge(chargeId);
    },

    readWebhook: async (headers, body) => {
      checkCallbackToken(options.callbackToken, headers['x-callback-token'] ?? '');
      const webhook = XenditWebhook.safeParse(jsonOf(body));
      if (!webhook.success) throw new AppError('VALIDATION_ERROR', { details: 'This is no webhook of Xendit' });
      const { event: kind, data } = webhook.data;
      const given = headers['webhook-id'];
      const payout = await readXenditPayout(options, { kind, data, id: given });
      if (payout !== undefined) return payout;
      if (!kind.startsWith('payment.')) return { id: given ?? kind, kind, charge: undefined };
      const payment = XenditPayment.safeParse(data);
      if (!payment.success) throw new AppError('VALIDATION_ERROR', { details: 'The payment cannot be read' });
      const claimed = payment.data;
      // The same payment in the same state is the same report, where Xendit names none.
      const id = given ?? `${kind}:${claimed.paymentId}:${claimed.status}`;
      return { id, kind, ...confirmed(claimed, await fetchCharge(claimed.id)) };
    },
  };
}

function propertiesOf(by: 'qr' | 'page' | 'account', returnUrl: string): object {
  if (by === 'qr') return {};
  if (by === 'account') return { display_name: 'Tchat' };
  return { success_return_url: returnUrl, failure_return_url: returnUrl, cancel_return_url: returnUrl };
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

/** @throws what it is given, unless nothing can have arrived */
function notMadeUnlessSent(error: unknown): NotMade {
  const failure = neverSent(error);
  if (failure === undefined) throw error;
  return { status: 'not_made', failure, isPassing: true };
}

/** An answer that is not what Xendit documents leaves its effect as unknown as no answer does. */
function parsed<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const result = schema.safeParse(body);
  if (!result.success) throw away(result.error);
  return result.data;
}

function away(cause: unknown): AppError {
  return new AppError('UPSTREAM_UNAVAILABLE', { message: 'Xendit cannot be reached', cause });
}
