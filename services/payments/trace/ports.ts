import type { UserId } from '#shared/ids.ts';

export type TracedRequest = { readonly call: string; readonly status: number; readonly at: Date };
export type TracedEvent = {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly aggregate_id: string;
  readonly occurred_at: Date;
  /** Null while it waits in the outbox. */
  readonly log_offset: bigint | null;
};
export type TracedAudit = {
  readonly occurred_at: Date;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly outcome: string;
};

/** What the house keeps beside the ledger: which calls were answered, what was told, and who did what. */
export interface TraceRecords {
  /** Calls of someone with an Idempotency-Key that answered with this transaction. */
  requests(userId: UserId, transactionId: string): Promise<readonly TracedRequest[]>;
  /** Events about these things since a moment, oldest first, two hundred at most. */
  events(ids: readonly string[], since: Date): Promise<readonly TracedEvent[]>;
  /** Audit records about them, oldest first, two hundred at most. */
  audit(ids: readonly string[]): Promise<readonly TracedAudit[]>;
}
