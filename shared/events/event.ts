import type { z } from 'zod';
import type { Region } from '../regions.ts';
import type { Tx } from '../sql.ts';
import { EventVersionUnknown } from './version-unknown.ts';

/**
 * A kind of domain event. `data` carries pseudonymous ids and facts, never personal data.
 *
 * A field that may be absent is added as it is; a change that old readers cannot bear gets the next version, and the one
 * before stays among the earlier ones for as long as a log may hold it. docs/events.md tells how.
 */
export type EventKind<Type extends string = string, Data extends z.ZodObject = z.ZodObject> = {
  /** `domain.what_happened`, in the past tense: `payments.transfer_posted`. */
  readonly type: Type;
  readonly version: number;
  /** How it is read: fields that it does not name, as of a newer build, are passed over. */
  readonly data: Data;
  /** How it is written: no other fields than those. */
  readonly written: z.ZodObject;
  /** What happened, as a sentence for whoever reads the contract. */
  readonly says?: string;
  /** The field that holds the id of the entity it happened to. */
  readonly key?: string;
  readonly earlier: readonly EarlierVersion[];
};

/** A version that is written no more, and how its data become those of the present one. */
export type EarlierVersion<Now = unknown> = {
  readonly version: number;
  readonly data: z.ZodObject;
  readonly upcast: (data: Readonly<Record<string, unknown>>) => Now;
};

/** Declares an earlier version: what it held, and how that is said today. */
export function earlier<Old extends z.ZodObject, Now>(
  version: number,
  data: Old,
  upcast: (old: z.output<Old>) => Now,
): EarlierVersion<Now> {
  return { version, data, upcast: (raw) => upcast(data.parse(raw)) };
}

type Contract<Data extends z.ZodObject> = {
  readonly says: string;
  readonly key: keyof z.output<Data> & string;
  readonly earlier?: readonly EarlierVersion<z.input<Data>>[];
};

/** Declares a kind. Every kind of the product has a contract; {@link Contract} is left out only where a test plays. */
export function defineEvent<const Type extends string, Data extends z.ZodObject>(
  type: Type,
  version: number,
  data: Data,
  contract?: Contract<Data>,
): EventKind<Type, Data> {
  return { type, version, data, written: data.strict(), earlier: [], ...contract };
}

/** An event that is about to be written. Events of one aggregate are read in the order of their transactions. */
export type NewEvent<Kind extends EventKind = EventKind> = {
  readonly type: Kind['type'];
  readonly version: number;
  /** The entity it happened to; the ordering key, and Kafka's partition key. */
  readonly aggregateId: string;
  readonly data: z.input<Kind['data']>;
};

/**
 * Fills in type and version: `happened(TransferPosted, transferId, { … })`. What does not keep to the contract is a fault of
 * the writer and throws, so that no reader ever meets it.
 */
export function happened<Kind extends EventKind>(
  kind: Kind,
  aggregateId: string,
  data: z.input<Kind['data']>,
): NewEvent<Kind> {
  const written = kind.written.parse(data);
  if (kind.key !== undefined && written[kind.key] !== aggregateId) {
    throw new Error(`${kind.type} is kept in order by its ${kind.key}, which is not ${aggregateId}`);
  }
  return { type: kind.type, version: kind.version, aggregateId, data: written as z.input<Kind['data']> };
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

/**
 * The data of a stored event when it is of this kind, as the present version has them, checked again on reading; undefined
 * for another kind.
 *
 * @throws EventVersionUnknown for a version that this build does not know
 */
export function dataOf<Kind extends EventKind>(kind: Kind, event: StoredEvent): z.output<Kind['data']> | undefined {
  if (event.type !== kind.type) return undefined;
  return kind.data.parse(presentData(kind, event)) as z.output<Kind['data']>;
}

function presentData(kind: EventKind, { type, version, data }: StoredEvent): unknown {
  if (version === kind.version) return data;
  const old = kind.earlier.find((one) => one.version === version);
  if (old === undefined) throw new EventVersionUnknown(type, version);
  return old.upcast(data);
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
