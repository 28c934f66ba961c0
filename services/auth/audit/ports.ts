import type { Region } from '#shared/regions.ts';

export type AuditFilter = {
  /** The id of the record that the page before this one ended with. */
  readonly before: string | undefined;
  readonly actor: string | undefined;
  readonly subject: string | undefined;
  /** An action, or a domain for all of its actions. */
  readonly action: string | undefined;
  readonly outcome: 'ok' | 'refused' | 'failed' | undefined;
  readonly region: Region | undefined;
  readonly from: Date | undefined;
  /** Exclusive. */
  readonly to: Date | undefined;
  readonly limit: number;
};

export type RecordedEntry = {
  readonly id: string;
  /** Its place in the chain of its database. */
  readonly number: bigint;
  readonly occurred_at: Date;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly region: Region;
  readonly outcome: 'ok' | 'refused' | 'failed';
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  /** Hexadecimal. */
  readonly hash: string;
};

/** The audit chains, as one. Records get there within a second or so of what they tell of. */
export interface AuditTrail {
  /** Newest first. */
  find(filter: AuditFilter): Promise<RecordedEntry[]>;
}
