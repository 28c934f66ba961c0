import type { TransactionId } from '#shared/ids.ts';
import type { Money } from '#shared/money.ts';
import type { Country } from '#shared/regions.ts';
import type { Declined } from '../ports.ts';
import type { Destination } from './destination.ts';

/** `failed`: nothing was paid. `returned`: it was paid, and the bank has given it back since. */
type PayoutStatus = 'pending' | 'paid' | 'failed' | 'returned';

/** What a gateway believes about a payout or a refund. */
export type Payout = {
  /** The gateway's own id of it. */
  readonly id: string;
  readonly reference: string;
  readonly status: PayoutStatus;
  readonly money: Money;
  /** A word of the gateway for one that failed or was returned. */
  readonly failure: string | undefined;
};

/** What a gateway is asked to pay out. */
export type NewPayout = {
  /** Our own id: the gateway keeps it with the payout, and takes it as the key that makes a repeat harmless. */
  readonly reference: TransactionId;
  readonly money: Money;
  readonly country: Country;
  /** A `type` of a destination. */
  readonly method: string;
  readonly destination: Destination;
  readonly description: string | undefined;
};

/** What a gateway is asked to give back of a charge that was paid. */
export type NewRefund = {
  /** Our own id, as for a payout. */
  readonly reference: TransactionId;
  readonly money: Money;
  /** The gateway's id of the charge. */
  readonly chargeId: string;
};

type Asked = {
  /** As in the address of its webhooks. */
  readonly name: string;
  /**
   * Whether the gateway documents that the same key never makes two of them. One that does not is left in peace for a
   * while after an answer that was lost, before it is asked again to make what it does not show.
   */
  readonly honoursKeys: boolean;
};

/**
 * The paying side of a gateway. Each call ends within ten seconds. A failure UPSTREAM_UNAVAILABLE of `create` means
 * *unknown*: the payout may exist, and {@link PayoutGateway.find} is asked before anything is tried again.
 */
export interface PayoutGateway extends Asked {
  create(payout: NewPayout): Promise<Payout | Declined>;
  /**
   * The payout with our reference, asked from where the gateway is surely up to date.
   *
   * @param askedAt when it was first asked for, so that the gateway need not look at all it has
   */
  find(reference: TransactionId, askedAt: Date): Promise<Payout | undefined>;
  /** Undefined when the gateway says for sure that it has no such payout. */
  fetch(payoutId: string): Promise<Payout | undefined>;
}

/** The side of a gateway that gives charges back; its calls are as those of {@link PayoutGateway}. */
export interface RefundGateway extends Asked {
  create(refund: NewRefund): Promise<Payout | Declined>;
  find(reference: TransactionId, chargeId: string): Promise<Payout | undefined>;
  fetch(refundId: string, chargeId: string): Promise<Payout | undefined>;
}
