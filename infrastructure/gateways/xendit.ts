import type { Charge, PaymentGateway } from '#services/payments/ports.ts';
import { AppError } from '#shared/errors.ts';
import { jsonOf } from '../webhooks/json-of.ts';
import { notMadeUnlessSent } from './never-sent.ts';
import { confirmed } from './webhook-claims.ts';
import { foundAtXendit, makeXenditCall, type XenditAccess, xenditAway, xenditObject } from './xendit-call.ts';
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

export type XenditOptions = XenditAccess & {
  /** As Xendit's dashboard shows it. */
  readonly callbackToken: string;
};

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
  const call = makeXenditCall(options, API_VERSION);

  async function fetchCharge(chargeId: string): Promise<Charge | undefined> {
    return foundAtXendit(XenditRequest, await call('GET', `/v3/payment_requests/${encodeURIComponent(chargeId)}`));
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
      if (status === 200 || status === 201) return xenditObject(XenditRequest, body);
      const refusal = XenditError.safeParse(body);
      if (!refusal.success || status < 400 || status >= 500 || status === BUSY_STATUS) {
        throw xenditAway(`Xendit answered ${status}`);
      }
      const failure = refusal.data.error_code.toLowerCase();
      if (DECLINED.has(refusal.data.error_code)) return { status: 'declined', failure };
      return { status: 'not_made', failure, isPassing: status === 429 };
    },

    find: async (reference) => {
      const query = new URLSearchParams({ types: 'PAYMENT', reference_id: reference });
      const { status, body } = await call('GET', `/transactions?${query.toString()}`);
      if (status !== 200) throw xenditAway(`Xendit answered ${status}`);
      const found = xenditObject(XenditTransactions, body).data.find(({ reference_id }) => reference_id === reference);
      return found && (await fetchCharge(found.product_id));
    },

    fetch: fetchCharge,

    expire: async (chargeId) => {
      // Xendit refuses to cancel what is no longer open; what it is instead, the request itself tells.
      const { status, body } = await call('POST', `/v3/payment_requests/${encodeURIComponent(chargeId)}/cancel`, {});
      if (status === 200) return xenditObject(XenditRequest, body);
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
