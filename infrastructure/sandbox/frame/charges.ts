import type { Money } from '#shared/money.ts';
import type { Clock } from '#shared/time.ts';
import { BoundedMap } from './bounded-map.ts';
import type { Webhook, Webhooks } from './webhooks.ts';

/** How a charge stands, in words that every gateway's own map to. */
export const CHARGE_STATUSES = ['pending', 'successful', 'failed', 'expired'] as const;
type ChargeStatus = (typeof CHARGE_STATUSES)[number];
export type ChargeEnd = Exclude<ChargeStatus, 'pending'>;

/** What a webhook says of a charge where it is not the truth. */
export type Claims = {
  readonly money?: Money;
  readonly status?: ChargeStatus;
  /** When the gateway says that it signed; the time of sending when absent. */
  readonly signedAt?: Date;
  /** The event's id; a new one when absent. */
  readonly id?: string;
  readonly signature: 'good' | 'bad';
};

/** Money that someone is asked to pay through a gateway, or that a gateway is asked to pay out. */
export type Charge = {
  readonly gateway: string;
  /** Money that leaves: a payout, or a refund of a charge. */
  readonly leaves?: true;
  /** It was paid before it failed. */
  returned?: true;
  /** How it ends by itself, after {@link AUTO_SETTLE_AFTER_MS}, whatever its description says. */
  readonly endsAs?: ChargeEnd | undefined;
  /** The gateway's own id. */
  readonly id: string;
  /** What the product calls it: its transaction id. */
  readonly reference: string;
  readonly money: Money;
  readonly idempotencyKey: string | undefined;
  readonly description: string;
  readonly openedAt: Date;
  readonly expiresAt: Date | undefined;
  status: ChargeStatus;
  /** When it left `pending`, and again when an expired one is paid after all. */
  endedAt: Date | undefined;
  /** Fires when a pending charge with an `expiresAt` runs out. */
  expiry: NodeJS.Timeout | undefined;
  /** How its gateway tells of it. */
  readonly webhook: (charge: Charge, claims: Claims) => Webhook;
};

type Opening = Omit<Charge, 'status' | 'openedAt' | 'endedAt' | 'expiry'>;

/** A charge with this description is paid by itself, after {@link AUTO_SETTLE_AFTER_MS}. */
const AUTO = 'auto';
const AUTO_SETTLE_AFTER_MS = 200;

/** The latest charges remembered, and references counted: a day's tests are far below it. */
const CHARGES_MAX = 200_000;

/** What a timer of Node can wait at most. A charge that lives longer does not expire by itself. */
const TIMER_MAX_MS = 2 ** 31 - 1;

export interface Charges {
  /** A request to make a charge for this reference arrived, whatever becomes of it. */
  attempted(reference: string): void;
  attempts(reference: string): number;
  /** A new pending charge. It is paid or expires by itself when its description or `expiresAt` says so. */
  open(opening: Opening): Charge;
  byId(id: string): Charge | undefined;
  /** Oldest first: more than one says that the product asked twice under different keys. */
  byReference(reference: string): readonly Charge[];
  /** Ends it and tells of it. False when this end cannot follow what it is; the same end again changes nothing. */
  end(charge: Charge, end: ChargeEnd): boolean;
}

type Parts = {
  readonly webhooks: Webhooks;
  readonly clock: Clock;
  /** Told of each end, before its webhook goes. */
  readonly ended?: (charge: Charge) => void;
};

export function makeCharges({ webhooks, clock, ended }: Parts): Charges {
  const charges = new BoundedMap<string, Charge>(CHARGES_MAX);
  const references = new BoundedMap<string, readonly Charge[]>(CHARGES_MAX);
  const attempts = new BoundedMap<string, number>(CHARGES_MAX);

  function end(charge: Charge, status: ChargeEnd): boolean {
    if (charge.status === status) return true;
    if (!(charge.leaves ? mayLeave : mayFollow)(charge.status, status)) return false;
    clearTimeout(charge.expiry);
    if (charge.leaves && charge.status === 'successful') charge.returned = true;
    charge.status = status;
    charge.endedAt = clock();
    ended?.(charge);
    webhooks.send(charge.webhook(charge, { signature: 'good' }));
    return true;
  }

  function endLater(charge: Charge, status: ChargeEnd, afterMs: number): NodeJS.Timeout | undefined {
    if (afterMs > TIMER_MAX_MS) return undefined;
    const endIfPending = () => {
      if (charge.status === 'pending') end(charge, status);
    };
    return setTimeout(endIfPending, Math.max(0, afterMs)).unref();
  }

  return {
    attempted: (reference) => attempts.set(reference, (attempts.get(reference) ?? 0) + 1),
    attempts: (reference) => attempts.get(reference) ?? 0,
    open: (opening) => {
      const openedAt = clock();
      const charge: Charge = { ...opening, openedAt, status: 'pending', endedAt: undefined, expiry: undefined };
      if (charge.expiresAt !== undefined) {
        charge.expiry = endLater(charge, 'expired', charge.expiresAt.getTime() - openedAt.getTime());
      }
      const endsAs = charge.endsAs ?? (charge.description === AUTO ? 'successful' : undefined);
      if (endsAs !== undefined) endLater(charge, endsAs, AUTO_SETTLE_AFTER_MS);
      charges.set(charge.id, charge);
      references.set(charge.reference, [...(references.get(charge.reference) ?? []), charge]);
      return charge;
    },
    byId: (id) => charges.get(id),
    byReference: (reference) => references.get(reference) ?? [],
    end,
  };
}

/** A person may pay a code that has expired on paper; nothing undoes a payment, and a decline is final. */
function mayFollow(before: ChargeStatus, after: ChargeEnd): boolean {
  return before === 'pending' || (before === 'expired' && after === 'successful');
}

/** A bank may give back what it had taken, days later; what was refused is not paid any more, and nothing expires. */
function mayLeave(before: ChargeStatus, after: ChargeEnd): boolean {
  return (before === 'pending' && after !== 'expired') || (before === 'successful' && after === 'failed');
}
