import type { Charge, PaymentGateway } from '#services/payments/ports.ts';
import { AppError } from '#shared/errors.ts';
import { jsonOf } from '../webhooks/json-of.ts';
import { notMadeUnlessSent } from './never-sent.ts';
import { foundOrAbsent, makeOmiseCall, type OmiseAccess, omiseAway, omiseObject } from './omise-call.ts';
import { findInOmiseList } from './omise-list.ts';
import { payoutInOmiseEvent } from './omise-payout-wire.ts';
import { checkOmiseSignature } from './omise-signature.ts';
import { OmiseCharge, OmiseError, OmiseEvent, omiseAmount } from './omise-wire.ts';

type OmiseOptions = OmiseAccess & {
  /** Base64, as Omise's dashboard shows it. */
  readonly webhookSecret: string;
};

/** Statuses with which Omise says a final no to a new charge; everything else leaves it unknown. */
const DECLINED = new Set([400, 402, 422]);
/** Statuses with which it says that it does not serve this account, or not now. */
const NOT_SERVED = new Set([401, 403, 404, 429]);

/**
 * Omise (Opn Payments), https://docs.omise.co: PromptPay, mobile banking, PayNow, DuitNow.
 *
 * Whether Omise honours an Idempotency-Key is not documented, so the service asks by reference before it repeats a
 * creation. That question goes to the list of charges: Omise's search is a copy that lags behind.
 */
export function makeOmise(options: OmiseOptions): PaymentGateway {
  const call = makeOmiseCall(options);

  async function fetchCharge(chargeId: string): Promise<Charge | undefined> {
    return foundOrAbsent(OmiseCharge, await call('GET', `/charges/${chargeId}`));
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
      if (status === 200 || status === 201) return omiseObject(OmiseCharge, body);
      const refusal = OmiseError.safeParse(body);
      if (DECLINED.has(status) && refusal.success) return { status: 'declined', failure: refusal.data.code };
      if (NOT_SERVED.has(status) && refusal.success) {
        return { status: 'not_made', failure: refusal.data.code, isPassing: status === 429 };
      }
      throw omiseAway(`Omise answered ${status}`);
    },

    find: (reference, askedAt) => findInOmiseList(call, '/charges', OmiseCharge, { reference, askedAt, mustBe: true }),

    fetch: fetchCharge,

    expire: async (chargeId) => {
      // Omise refuses to expire what is no longer pending; what it is instead, the charge itself tells.
      const { status, body } = await call('POST', `/charges/${chargeId}/expire`, new URLSearchParams());
      if (status === 200) return omiseObject(OmiseCharge, body);
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
