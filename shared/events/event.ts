import type { z } from 'zod';
import type { Region } from '../regions.ts';
import type { Tx } from '../sql.ts';

/**
 * A kind of domain event. Consumers accept every version still in retention; a change that old readers cannot bear
 * gets the next version. `data` carries pseudonymous ids and facts, never personal data.
 */
export type EventKind<Type extends string = string, Data extends z.ZodObject = z.ZodObject> = {
  /** `domain.what_happened`, in the past tense: `payments.transfer_posted`. */
  readonly type: Type;
  readonly version: number;
  readonly data: Data;
};

export function defineEvent<const Type extends string, Data extends z.ZodObject>(
  type: Type,
  version: number,
  data: Data,
): EventKind<Type, Data> {
  return { type, version, data };
}

/** An event that is about to be written. Events of one aggregate are read in the order of their transactions. */
export type NewEvent<Kind extends EventKind = EventKind> = {
  readonly type: Kind['type'];
  readonly version: number;
  /** The entity it happened to; the ordering key, and Kafka's partition key. */
  readonly aggregateId: string;
  readonly data: z.input<Kind['data']>;
};

/** Fills in type and version: `happened(TransferPosted, transferId, { … })`. */
export function happened<Kind extends EventKind>(
  kind: Kind,
  aggregateId: string,
  data: z.input<Kind['data']>,
): NewEvent<Kind> {
  return { type: kind.type, version: kind.version, aggregateId, data };
}

/** An event as a consumer reads it: what was written, with its identity and moment. */
export type StoredEvent = {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly aggregateId: string;
  readonly occurredAt: Date;
  readonly data: Readonly<Record<string, unknown>>;
};

/** The data of a stored event when it is of this kind and version, checked again on reading; otherwise undefined. */
export function dataOf<Kind extends EventKind>(kind: Kind, event: StoredEvent): z.output<Kind['data']> | undefined {
  if (event.type !== kind.type || event.version !== kind.version) return undefined;
  return kind.data.parse(event.data) as z.output<Kind['data']>;
}

/** Something that auditors will ask about. Every security and money decision leaves one, refusals included. */
export type AuditEntry = {
  /** Who did it: a user id, `system`, or the name of a workflow. */
  readonly actor: string;
  /** `domain.verb`: `auth.logged_in`. */
  readonly action: string;
  /** The id of what it was done to. */
  readonly subject: string;
  readonly region: Region;
  readonly outcome: 'ok' | 'refused' | 'failed';
  /** Pseudonymous facts that explain the outcome. */
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
};

/** Writes events and audit entries in the transaction of the change that they tell of: one insert for all of them. */
export interface Outbox {
  append(
    tx: Tx,
    what: { readonly events?: readonly NewEvent[]; readonly audit?: readonly AuditEntry[] },
  ): Promise<void>;
}
