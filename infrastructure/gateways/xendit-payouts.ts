import type { Payout, PayoutGateway, RefundGateway } from '#services/payments/payout/payout-gateway.ts';
import type { WebhookReport } from '#services/payments/ports.ts';
import { AppError } from '#shared/errors.ts';
import { foundAtXendit, madeOrDeclinedByXendit, makeXenditCall, type XenditAccess } from './xendit-call.ts';
import { XenditList, XenditPayout, XenditRefund, xenditPayoutChannel } from './xendit-payout-wire.ts';
import { xenditAmount } from './xendit-wire.ts';

/** Xendit's payouts, https://docs.xendit.co/apidocs/create-payout: to banks and e-wallets of five countries. */
export function makeXenditPayouts(access: XenditAccess): PayoutGateway {
  const call = makeXenditCall(access);

  return {
    name: 'xendit',
    honoursKeys: true,

    create: async (payout) => {
      const channel = xenditPayoutChannel(payout);
      if (channel === undefined) return { status: 'declined', failure: 'channel_code_not_supported' };
      const { reference, money, destination, description } = payout;
      const wanted = {
        reference_id: reference,
        channel_code: channel,
        channel_properties: {
          account_number: destination.accountNumber,
          account_holder_name: destination.accountName,
        },
        amount: xenditAmount(money),
        currency: money.currency,
        ...(description === undefined ? {} : { description }),
      };
      return madeOrDeclinedByXendit(XenditPayout, await call('POST', '/v2/payouts', wanted, reference));
    },

    find: async (reference) => {
      const query = new URLSearchParams({ reference_id: reference });
      return inList(XenditPayout, reference, await call('GET', `/v2/payouts?${query.toString()}`));
    },

    fetch: async (payoutId) =>
      foundAtXendit(XenditPayout, await call('GET', `/v2/payouts/${encodeURIComponent(payoutId)}`)),
  };
}

/** Xendit's refunds of payment requests, in part or whole: https://docs.xendit.co/apidocs/create-refund. */
export function makeXenditRefunds(access: XenditAccess): RefundGateway {
  const call = makeXenditCall(access);

  return {
    name: 'xendit',
    honoursKeys: true,

    create: async ({ reference, money, chargeId }) => {
      const wanted = {
        reference_id: reference,
        payment_request_id: chargeId,
        amount: xenditAmount(money),
        currency: money.currency,
        reason: 'REQUESTED_BY_CUSTOMER',
      };
      return madeOrDeclinedByXendit(XenditRefund, await call('POST', '/refunds', wanted, reference));
    },

    find: async (reference, chargeId) => {
      const query = new URLSearchParams({ payment_request_id: chargeId });
      return inList(XenditRefund, reference, await call('GET', `/refunds?${query.toString()}`));
    },

    fetch: async (refundId) =>
      foundAtXendit(XenditRefund, await call('GET', `/refunds/${encodeURIComponent(refundId)}`)),
  };
}

/** Payouts and refunds are read into one shape. */
type Schema = typeof XenditPayout;

function inList(schema: Schema, reference: string, answer: Parameters<typeof foundAtXendit>[1]): Payout | undefined {
  for (const item of foundAtXendit(XenditList, answer)?.data ?? []) {
    // What others made with this account may look otherwise; it is not ours then.
    const found = schema.safeParse(item);
    if (found.success && found.data.reference === reference) return found.data;
  }
  return undefined;
}

/**
 * What a webhook says of a payout or a refund. Its token never changes and signs nothing, so the gateway is asked before it
 * is believed. What the webhook claimed of sum and reference stands beside the answer, and both are compared with what was
 * asked for.
 *
 * @returns undefined for webhooks about something else
 * @throws {AppError} VALIDATION_ERROR, CONFLICT when the gateway does not confirm it, UPSTREAM_UNAVAILABLE
 */
export async function readXenditPayout(
  access: XenditAccess,
  { kind, data, id }: { readonly kind: string; readonly data: unknown; readonly id: string | undefined },
): Promise<WebhookReport | undefined> {
  const isRefund = kind.startsWith('refund.');
  if (!isRefund && !kind.startsWith('payout.')) return undefined;
  const claimed = (isRefund ? XenditRefund : XenditPayout).safeParse(data);
  if (!claimed.success) throw new AppError('VALIDATION_ERROR', { details: 'The payout cannot be read' });
  const { id: payoutId, status, reference, money } = claimed.data;
  const asked = isRefund
    ? await makeXenditRefunds(access).fetch(payoutId, '')
    : await makeXenditPayouts(access).fetch(payoutId);
  if (asked === undefined) throw unconfirmed('The gateway has no such payout');
  if (status !== 'pending' && asked.status === 'pending') throw unconfirmed('The gateway says that it is pending');
  const told = { kind, charge: undefined, payout: asked, claimed: { reference, money } };
  return { id: id ?? `${kind}:${payoutId}:${status}`, ...told };
}

function unconfirmed(details: string): AppError {
  return new AppError('CONFLICT', { message: 'The gateway does not confirm this webhook', details });
}
