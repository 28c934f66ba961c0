import { randomBytes } from 'node:crypto';
import type { Money } from '#shared/money.ts';
import type { Clock } from '#shared/time.ts';
import type { Charge } from './charges.ts';
import { Timeline } from './timeline.ts';

const MOVED_AS = ['charge', 'refund', 'payout', 'return', 'bank_payout'] as const;
type MovedAs = (typeof MOVED_AS)[number];

/** Money that has moved, as a gateway's statement has it. */
export type Moved = {
  /** Unique in the sandbox; gateways write it in their own way. */
  readonly id: string;
  readonly gateway: string;
  readonly as: MovedAs;
  /** The gateway's id of what was charged, refunded or paid out. */
  readonly objectId: string;
  readonly reference: string | undefined;
  readonly money: Money;
  readonly at: Date;
};

/** How a statement is made to differ from what happened. */
type Plant = {
  readonly reference?: string | undefined;
  readonly money?: Money | undefined;
};

/** The latest movements that statements show. */
const MOVED_MAX = 200_000;

const REFUND = /^(rfnd|re|rfd)[_-]/;

export interface Statements {
  /** A charge or a payout has come to an end that moved money. */
  moved(charge: Charge): void;
  /** What the statement of a gateway shows of a period, both ends included, oldest first. */
  of(gateway: string, from: Date, to: Date): readonly Moved[];
  byObject(gateway: string, objectId: string): Moved | undefined;
  /** A payment that nobody here made. */
  addUnknown(gateway: string, money: Money, reference: string | undefined): Moved;
  /** The gateway pays over to the bank of its customer. */
  payOver(gateway: string, money: Money): Moved;
  /** Shows the movements of a reference no more. False when there are none. */
  hide(gateway: string, reference: string): boolean;
  /** Shows another sum for them. */
  change(gateway: string, reference: string, money: Money): boolean;
  /** Shows them twice. */
  repeat(gateway: string, reference: string): boolean;
  /** Shows everything as it happened again; what was added stays, it may have been paid over. */
  restore(gateway: string): void;
}

/** The statements of all gateways, with what a test plants in them. */
export function makeStatements(clock: Clock): Statements {
  const timeline = new Timeline<Moved>(MOVED_MAX, ({ at }) => at);
  const hidden = new Map<string, Set<string>>();
  const changed = new Map<string, Money>();

  function append(moved: Omit<Moved, 'id' | 'at'>): Moved {
    const made = { ...moved, id: randomBytes(10).toString('hex'), at: clock() };
    timeline.append(made);
    return made;
  }

  function all(gateway: string): readonly Moved[] {
    return timeline.between(new Date(0), clock()).filter((one) => one.gateway === gateway);
  }

  function known(gateway: string, { reference }: Plant): readonly Moved[] {
    return all(gateway).filter((one) => one.reference === reference);
  }

  return {
    moved: (charge) => {
      const { gateway, id: objectId, reference, money } = charge;
      const as = asOf(charge);
      if (as !== undefined) append({ gateway, as, objectId, reference, money });
    },
    of: (gateway, from, to) =>
      timeline
        .between(from, to)
        .filter((one) => one.gateway === gateway && !hidden.get(gateway)?.has(one.reference ?? ''))
        .map((one) => ({ ...one, money: changed.get(`${gateway} ${one.reference}`) ?? one.money })),
    byObject: (gateway, objectId) => all(gateway).find((one) => one.objectId === objectId),
    addUnknown: (gateway, money, reference) =>
      append({ gateway, as: 'charge', objectId: `chrg_test_${randomBytes(9).toString('hex')}`, reference, money }),
    payOver: (gateway, money) =>
      append({
        gateway,
        as: 'bank_payout',
        objectId: `trsf_test_${randomBytes(9).toString('hex')}`,
        reference: undefined,
        money,
      }),
    hide: (gateway, reference) => {
      hidden.set(gateway, (hidden.get(gateway) ?? new Set()).add(reference));
      return known(gateway, { reference }).length > 0;
    },
    change: (gateway, reference, money) => {
      changed.set(`${gateway} ${reference}`, money);
      return known(gateway, { reference }).length > 0;
    },
    repeat: (gateway, reference) => {
      const [first] = known(gateway, { reference });
      if (first !== undefined) append(first);
      return first !== undefined;
    },
    restore: (gateway) => {
      hidden.delete(gateway);
      for (const key of changed.keys()) if (key.startsWith(`${gateway} `)) changed.delete(key);
    },
  };
}

/** Nothing moved for a charge that was declined or expired. */
function asOf({ leaves, status, returned, id }: Charge): MovedAs | undefined {
  if (leaves && status === 'failed' && returned) return 'return';
  if (status !== 'successful') return undefined;
  if (!leaves) return 'charge';
  return REFUND.test(id) ? 'refund' : 'payout';
}

/** What a gateway keeps of a charge and the tax on that, in millionths: 1.65 % and 7 %. */
const FEE_PPM = 16_500n;
const FEE_VAT_PPM = 70_000n;
const MILLION = 1_000_000n;

/** The fee of a movement, and the tax on it, in minor units. Only charges cost anything here. */
export function feeOf({ as, money }: Pick<Moved, 'as' | 'money'>): { readonly fee: bigint; readonly vat: bigint } {
  const fee = as === 'charge' ? (money.minor * FEE_PPM) / MILLION : 0n;
  return { fee, vat: (fee * FEE_VAT_PPM) / MILLION };
}
