import type { Currency } from '#shared/money.ts';

/** A movement of money that a gateway's statement has a line for. `bank_payout`: what it paid over to our own bank. */
export type LineKind = 'charge' | 'refund' | 'payout' | 'return' | 'bank_payout';

/** A line of a gateway's statement. */
export type StatementLine = {
  /** The gateway's own id of the movement, at most 200 characters. */
  readonly lineId: string;
  readonly kind: LineKind;
  /** The gateway's id of what was charged, refunded or paid out. */
  readonly objectId: string | undefined;
  /** What we called it: a transaction's id, where the gateway was told one. */
  readonly reference: string | undefined;
  readonly currency: Currency;
  /** The whole sum, above zero, in minor units. */
  readonly minor: bigint;
  /** What the gateway keeps of it or takes for it, tax included; zero or more. */
  readonly feeMinor: bigint;
  readonly at: Date;
};

/** `from` is within, `to` is not. */
export type Period = { readonly from: Date; readonly to: Date };

export type StatementPage = {
  readonly lines: readonly StatementLine[];
  /** Where the next page begins; undefined after the last one. */
  readonly next: string | undefined;
};

/** What a gateway says has moved. Each call ends within a minute. */
export interface GatewayStatements {
  /** The name of the gateway, as in charges and payouts. */
  readonly gateway: string;
  /**
   * A page of at most a hundred lines. The lines of a period that is over no longer move between pages.
   *
   * @throws {AppError} UPSTREAM_UNAVAILABLE when the gateway cannot be asked, or answers what cannot be read
   */
  page(period: Period, cursor: string | undefined): Promise<StatementPage>;
}

export type WorkflowState = {
  /** `absent`: there is none of that id. `unknown`: Temporal cannot be asked. */
  readonly state:
    | 'running'
    | 'completed'
    | 'failed'
    | 'cancelled'
    | 'terminated'
    | 'timed_out'
    | 'continued'
    | 'absent'
    | 'unknown';
  readonly type?: string;
  readonly runId?: string;
  readonly startedAt?: Date;
  readonly closedAt?: Date;
  /** Its page in the Temporal UI. */
  readonly link?: string;
};

/** What Temporal knows of workflows. Asking never throws: a Temporal that is away answers `unknown`. */
export interface WorkflowStates {
  stateOf(workflowId: string): Promise<WorkflowState>;
  /**
   * Ids of workflows of these types that run and were started before `startedBefore`, the oldest thousand at most.
   * Undefined when Temporal cannot be asked.
   */
  runningSince(types: readonly string[], startedBefore: Date): Promise<readonly string[] | undefined>;
}
