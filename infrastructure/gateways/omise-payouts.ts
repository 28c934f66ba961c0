import type { PayoutGateway, RefundGateway } from '#services/payments/payout/payout-gateway.ts';
import { SECOND } from '#shared/time.ts';
import { foundOrAbsent, madeOrDeclined, makeOmiseCall, type OmiseAccess, omiseAway } from './omise-call.ts';
import { findInOmiseList } from './omise-list.ts';
import { OmiseRecipient, OmiseRefund, OmiseTransfer } from './omise-payout-wire.ts';
import { omiseAmount } from './omise-wire.ts';

/**
 * A transfer is asked for within this after its recipient, or not at all: a process that was frozen in between may have
 * been given up, and somebody else asks half a minute after it did.
 */
const ASKED_WITHIN_MS = 12 * SECOND;

/**
 * Omise's transfers (https://docs.omise.co/transfers-api): to banks of the country of the account. Each goes to a
 * recipient of its own, which is made first; one that is left over from a try that went no further hurts nobody.
 *
 * Omise documents no idempotency of its own, so the service asks by reference before it repeats a transfer. What it
 * charges for a transfer is to be billed apart from it, so that the whole sum arrives: a setting of the account.
 */
export function makeOmisePayouts(access: OmiseAccess, now: () => number = Date.now): PayoutGateway {
  const call = makeOmiseCall(access);

  return {
    name: 'omise',
    honoursKeys: false,

    create: async ({ reference, money, method, destination, description }) => {
      const beganAt = now();
      const wanted = new URLSearchParams({
        name: destination.accountName,
        type: 'individual',
        'bank_account[brand]': destination.bankCode ?? method,
        'bank_account[number]': destination.accountNumber,
        'bank_account[name]': destination.accountName,
        'metadata[reference]': reference,
      });
      const recipient = madeOrDeclined(OmiseRecipient, await call('POST', '/recipients', wanted));
      if ('status' in recipient) return recipient;
      if ((recipient.failure_code ?? null) !== null) return { status: 'declined', failure: recipient.failure_code! };
      if (!recipient.active) throw omiseAway(`${recipient.id} is not verified yet`);
      if (now() - beganAt > ASKED_WITHIN_MS) throw omiseAway('it took too long to ask for a transfer');

      const form = new URLSearchParams({
        amount: omiseAmount(money),
        currency: money.currency,
        recipient: recipient.id,
        // Without it Omise would go on trying for days to pay what its balance does not cover.
        fail_fast: 'true',
        'metadata[reference]': reference,
      });
      if (description !== undefined) form.set('metadata[description]', description);
      return madeOrDeclined(OmiseTransfer, await call('POST', '/transfers', form, reference));
    },

    find: (reference, askedAt) => findInOmiseList(call, '/transfers', OmiseTransfer, { reference, askedAt }),

    fetch: async (payoutId) => foundOrAbsent(OmiseTransfer, await call('GET', `/transfers/${payoutId}`)),
  };
}

/** Omise's refunds of charges (https://docs.omise.co/refunds-api), in part or whole. */
export function makeOmiseRefunds(access: OmiseAccess): RefundGateway {
  const call = makeOmiseCall(access);

  return {
    name: 'omise',
    honoursKeys: false,

    create: async ({ reference, money, chargeId }) => {
      const form = new URLSearchParams({ amount: omiseAmount(money), 'metadata[reference]': reference });
      return madeOrDeclined(OmiseRefund, await call('POST', `/charges/${chargeId}/refunds`, form, reference));
    },

    find: (reference, chargeId) => findInOmiseList(call, `/charges/${chargeId}/refunds`, OmiseRefund, { reference }),

    fetch: async (refundId, chargeId) =>
      foundOrAbsent(OmiseRefund, await call('GET', `/charges/${chargeId}/refunds/${refundId}`)),
  };
}
