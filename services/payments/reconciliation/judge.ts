import type { Currency } from '#shared/money.ts';
import type { LineKind } from './ports.ts';

/** What was added to (above zero) or taken from a gateway's clearing account, by one side's account of it. */
export type Movement = { readonly currency: Currency; readonly minor: bigint };

/** Ways in which a statement and the ledger can differ. */
export type MoneyFindingKind =
  | 'missing_in_ledger'
  | 'missing_at_gateway'
  | 'amount_differs'
  | 'currency_differs'
  | 'status_differs'
  | 'duplicate';
export type FindingKind = MoneyFindingKind | 'workflow_lost' | 'workflow_left_running';

/** What we know of the thing that a line is about. */
export type Ours = {
  readonly status: string;
  /** What the ledger moved for it through this gateway. */
  readonly movement: Movement | undefined;
  /** Whether another line of a statement has been matched with it. */
  readonly isTaken: boolean;
};

export type Verdict =
  | { readonly kind: 'agrees' }
  | { readonly kind: MoneyFindingKind; readonly ours?: Movement; readonly theirs: Movement; readonly detail: string };

type Line = { readonly kind: LineKind; readonly currency: Currency; readonly minor: bigint };

/**
 * What a line does to the clearing account. What a gateway collected for us it owes to us, which is below zero there; what
 * it paid out for us brings that back towards zero.
 */
export function theirMovement({ kind, currency, minor }: Line): Movement {
  const isCollected = kind === 'charge' || kind === 'return';
  return { currency, minor: isCollected ? -minor : minor };
}

/** Holds a line against what we know of the thing that it is about, if anything. */
export function judgeLine(line: Line, ours: Ours | undefined): Verdict {
  const theirs = theirMovement(line);
  if (ours === undefined) {
    return { kind: 'missing_in_ledger', theirs, detail: `no transaction of ours is this ${line.kind}` };
  }
  const { status, movement, isTaken } = ours;
  if (isTaken) return { kind: 'duplicate', theirs, detail: `another line of a statement is this ${line.kind}` };
  if (movement === undefined) {
    return status === 'completed'
      ? { kind: 'duplicate', theirs, detail: 'the transaction was completed without this gateway' }
      : { kind: 'status_differs', theirs, detail: `the money moved, and the transaction is ${status}` };
  }
  if (movement.currency !== theirs.currency) {
    const detail = `ours is in ${movement.currency}, theirs in ${theirs.currency}`;
    return { kind: 'currency_differs', ours: movement, theirs, detail };
  }
  if (movement.minor !== theirs.minor) {
    return { kind: 'amount_differs', ours: movement, theirs, detail: 'the sums are not the same' };
  }
  return { kind: 'agrees' };
}

/**
 * What has to be added to the clearing account, by currency, so that it says what the gateway says; the opposite goes to
 * suspense. Nothing where both say the same.
 */
export function differenceOf(ours: Movement | undefined, theirs: Movement | undefined): readonly Movement[] {
  const sums = new Map<Currency, bigint>();
  if (theirs !== undefined) sums.set(theirs.currency, theirs.minor);
  if (ours !== undefined) sums.set(ours.currency, (sums.get(ours.currency) ?? 0n) - ours.minor);
  return [...sums].flatMap(([currency, minor]) => (minor === 0n ? [] : [{ currency, minor }]));
}
