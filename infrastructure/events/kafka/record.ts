import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import type { StoredEvent } from '#shared/events/event.ts';

/** An event on its way to Kafka, as the outbox and the log hold it. */
export type EventRow = {
  readonly event_id: string;
  readonly type: string;
  readonly version: number;
  readonly aggregate_id: string;
  /** JSON, as Postgres writes it: nobody here needs to read it. */
  readonly data: string;
  readonly occurred_at: Date;
  /** Its offset in `events.log`, for one that came by there. */
  readonly log_offset?: bigint;
};

/** An event as it lies in a topic. */
export type EventRecord = {
  readonly event: StoredEvent;
  /** Its offset in `events.log`, for one that was there too. */
  readonly logOffset: bigint | undefined;
};

/**
 * The record of an event: keyed by its aggregate, so that those of one aggregate stay in order; the value is the data as
 * its JSON Schema says; what it is stands in the headers, so that a reader passes over what it does not want unread.
 */
export function recordOf(row: EventRow): Message & { readonly value: string } {
  return {
    key: row.aggregate_id,
    value: row.data,
    headers: {
      event_id: row.event_id,
      type: row.type,
      version: String(row.version),
      occurred_at: row.occurred_at.toISOString(),
      ...(row.log_offset !== undefined && { log_offset: String(row.log_offset) }),
    },
  };
}

/** A record that was read, as a row to be published once more. */
export function rowOf({ event, logOffset }: EventRecord): EventRow {
  return {
    event_id: event.id,
    type: event.type,
    version: event.version,
    aggregate_id: event.aggregateId,
    data: JSON.stringify(event.data),
    occurred_at: event.occurredAt,
    ...(logOffset !== undefined && { log_offset: logOffset }),
  };
}

/** The type that a record says it is of; undefined for one that is none of ours. */
export function typeOf(message: KafkaMessage): string | undefined {
  return header(message.headers, 'type');
}

/** Reads a record; undefined for one that is none of ours. Whether the data fit its kind is for the consumer to say. */
export function eventOf({ key, value, headers }: KafkaMessage): EventRecord | undefined {
  const id = header(headers, 'event_id');
  const type = header(headers, 'type');
  const version = Number(header(headers, 'version'));
  const occurredAt = new Date(header(headers, 'occurred_at') ?? '');
  if (id === undefined || type === undefined || key === null || value === null) return undefined;
  if (!Number.isInteger(version) || Number.isNaN(occurredAt.getTime())) return undefined;
  const data = parsed(value.toString());
  if (data === undefined) return undefined;
  const logOffset = header(headers, 'log_offset');
  return {
    event: { id, type, version, aggregateId: key.toString(), occurredAt, data },
    logOffset: logOffset === undefined ? undefined : BigInt(logOffset),
  };
}

function header(headers: IHeaders | undefined, name: string): string | undefined {
  const value = headers?.[name];
  return value === undefined || Array.isArray(value) ? undefined : value.toString();
}

function parsed(text: string): StoredEvent['data'] | undefined {
  try {
    const data: unknown = JSON.parse(text);
    return typeof data === 'object' && data !== null ? (data as StoredEvent['data']) : undefined;
  } catch {
    return undefined;
  }
}
