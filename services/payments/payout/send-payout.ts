import type { TransactionStatus } from '#shared/contracts/payments/transaction.ts';
import { AppError } from '#shared/errors.ts';
import { regionOf, type TransactionId } from '#shared/ids.ts';
import type { Country } from '#shared/regions.ts';
import { SECOND } from '#shared/time.ts';
import { screenDestination } from '../compliance/may-withdraw.ts';
import { mustStay } from '../compliance/must-stay.ts';
import type { Declined, PaymentsPorts } from '../ports.ts';
import { claimPayout, findPayout, lockPayout, namePayout, type PayoutRow } from '../store/payouts.ts';
import { audited } from '../told.ts';
import { endPayout, payoutAccounts } from './end-payout.ts';
import { payoutMismatch } from './match-payout.ts';
import type { Payout } from './payout-gateway.ts';
import { openDestination } from './sealed-destination.ts';

type Ports = Pick<
  PaymentsPorts,
  | 'databases'
  | 'outbox'
  | 'clock'
  | 'log'
  | 'payoutGateways'
  | 'refundGateways'
  | 'keyManagement'
  | 'payoutMeters'
  | 'parties'
  | 'velocityRules'
  | 'ruleMeters'
>;

/**
 * How long a gateway that honours no keys is left in peace after it was asked: a request that we gave up after ten seconds
 * may still be at work there, and what it makes is not shown before.
 */
const SETTLES_AFTER_MS = 30 * SECOND;

/** The gateway's calls for one payout, whichever kind it is. */
type Asked = {
  readonly honoursKeys: boolean;
  /** Gathers what is needed for it, so that nothing but the gateway can fail once it is noted that it is asked. */
  prepare(): Promise<() => Promise<Payout | Declined>>;
  /** Whether money may go there at all, as far as lists of sanctions know; its owner is judged apart. */
  screen(): Promise<'clear' | 'hit'>;
  find(askedAt: Date): Promise<Payout | undefined>;
  fetch(gatewayId: string): Promise<Payout | undefined>;
};

/**
 * The steps of the workflows of withdrawals and refunds. Each may run any number of times, side by side, and answers the
 * status that the payout has then. A gateway that does not answer leaves the payout unknown: the step throws
 * UPSTREAM_UNAVAILABLE, and the next try asks for it by our reference before it asks for a new one.
 */
export function makeSendPayout(ports: Ports) {
  const { databases, outbox, clock, log } = ports;
  const core = databases.of('core');

  /** Makes the payout at the gateway, once. */
  async function sendPayout(id: TransactionId): Promise<TransactionStatus> {
    const payout = await existing(id);
    if (isEnded(payout) || payout.gateway_payout_id !== null) return payout.status;
    const gateway = askedOf(payout);
    const { first_asked_at: firstAskedAt, asked_at: askedAt } = payout;
    if (firstAskedAt !== null && askedAt !== null) {
      const found = await gateway.find(firstAskedAt);
      if (found !== undefined) return await believe(payout, found);
      const quietMs = gateway.honoursKeys ? 0 : SETTLES_AFTER_MS;
      if (clock().getTime() - askedAt.getTime() < quietMs) return payout.status;
    }
    const create = await gateway.prepare();
    const isFirst = firstAskedAt === null;
    if (isFirst && ((await mustStay(core, payout)) || (await gateway.screen()) === 'hit')) return await refuse(payout);
    // One of those who come here with the same knowledge goes on; the others leave it to that one.
    if (!(await claimPayout(core, id, clock(), askedAt))) return payout.status;
    ports.payoutMeters?.asked(payout.gateway, payout.kind);
    return await believe(payout, await create());
  }

  /** Asks the gateway how the payout stands, for when no webhook told. */
  async function checkPayout(id: TransactionId): Promise<TransactionStatus> {
    const payout = await existing(id);
    if (isEnded(payout)) return payout.status;
    if (payout.gateway_payout_id === null) return await sendPayout(id);
    const found = await askedOf(payout).fetch(payout.gateway_payout_id);
    if (found === undefined) {
      // Money may have left: only people can tell what to do with a payout that its gateway has lost.
      log.error({ transactionId: id, gateway: payout.gateway }, 'a gateway does not know a payout that it had made');
      return payout.status;
    }
    return await believe(payout, found);
  }

  async function believe(payout: PayoutRow, found: Payout | Declined): Promise<TransactionStatus> {
    if (found.status === 'declined') return await end(payout, 'failed', found.failure);
    const mismatch = payoutMismatch(payout, payout.gateway, found);
    if (mismatch !== undefined) {
      const { transaction_id: subject, kind: actor } = payout;
      log.error({ transactionId: subject, mismatch }, 'a payout is not as it was asked for');
      const refused = audited({ actor, action: 'payments.payout_reported', subject, facts: { mismatch } }, 'refused');
      await core.transaction((tx) => outbox.append(tx, { audit: [refused] }));
      return payout.status;
    }
    if (payout.gateway_payout_id === null) await namePayout(core, payout.transaction_id, found.id);
    if (found.status === 'pending') return payout.status;
    return await end(payout, found.status, found.failure ?? null);
  }

  /** Ends one that the gateway was never asked for; whoever asks meanwhile goes before. */
  async function refuse(payout: PayoutRow): Promise<TransactionStatus> {
    const accounts = await payoutAccounts(core, payout);
    const { transaction_id: id, kind: actor } = payout;
    return await core.transaction(async (tx) => {
      const locked = (await lockPayout(tx, id))!;
      if (!(await claimPayout(tx, id, clock(), null))) return locked.status;
      return await endPayout(ports, tx, locked, accounts, { as: 'failed', reason: 'refused', actor });
    });
  }

  /** Ends it in the name of its workflow. */
  async function end(
    payout: PayoutRow,
    as: 'paid' | 'failed' | 'returned',
    reason: string | null,
  ): Promise<TransactionStatus> {
    const accounts = await payoutAccounts(core, payout);
    return await core.transaction(async (tx) => {
      const locked = await lockPayout(tx, payout.transaction_id);
      return await endPayout(ports, tx, locked!, accounts, { as, reason, actor: payout.kind });
    });
  }

  async function existing(id: TransactionId): Promise<PayoutRow> {
    const payout = await findPayout(core, id);
    if (payout === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such payout' });
    return payout;
  }

  function askedOf(payout: PayoutRow): Asked {
    const money = { minor: payout.amount, currency: payout.currency };
    const { transaction_id: reference, charge_id: chargeId } = payout;
    if (payout.kind === 'refund') {
      const gateway = named(ports.refundGateways, payout.gateway);
      if (chargeId === null) throw new Error(`refund ${reference} has no charge to give back`);
      return {
        honoursKeys: gateway.honoursKeys,
        prepare: async () => () => gateway.create({ reference, money, chargeId }),
        // It goes back where it came from.
        screen: async () => 'clear',
        find: () => gateway.find(reference, chargeId),
        fetch: (id) => gateway.fetch(id, chargeId),
      };
    }
    const gateway = named(ports.payoutGateways, payout.gateway);
    return {
      honoursKeys: gateway.honoursKeys,
      prepare: async () => {
        const destination = await openDestination(ports.keyManagement, payout);
        const country = regionOf(payout.user_id) as Country;
        const description = payout.description ?? undefined;
        return () => gateway.create({ reference, money, country, method: payout.method, destination, description });
      },
      screen: async () => {
        const { accountName: name } = await openDestination(ports.keyManagement, payout);
        const country = regionOf(payout.user_id) as Country;
        return await screenDestination(ports, { reference, userId: payout.user_id, name, country });
      },
      find: (askedAt) => gateway.find(reference, askedAt),
      fetch: (id) => gateway.fetch(id),
    };
  }

  return { sendPayout, checkPayout };
}

function named<Gateway extends { readonly name: string }>(gateways: readonly Gateway[], name: string): Gateway {
  const gateway = gateways.find((gateway) => gateway.name === name);
  if (gateway === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such gateway' });
  return gateway;
}

function isEnded({ status }: PayoutRow): boolean {
  return status !== 'pending' && status !== 'processing';
}
