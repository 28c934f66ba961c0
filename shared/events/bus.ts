import type { Tx } from '../sql.ts';
import type { StoredEvent } from './event.ts';

/**
 * A group of consumers that reads every event once in effect. Within the group, events of one aggregate are handled in
 * order, one at a time.
 */
export type Consumer = {
  /** The group's name; its place in the log is kept under it. */
  readonly group: string;
  /** The event types that it wants; others are passed over. */
  readonly types: readonly string[];
  /**
   * The event types that this build knows, for a group that can lose nothing: it is handed events of any other type as
   * well (from Kafka those of the topics that it reads), which a newer build has written, and is to refuse them with
   * EventVersionUnknown. So they are set aside until the upgrade instead of being passed over.
   */
  readonly knows?: readonly string[];
  /**
   * Where the group begins when it is new: with the oldest event that is kept, unless it says `newest`, for one whose effects
   * would be wrong for what happened before it was there, such as telling people of it.
   */
  readonly starts?: 'oldest' | 'newest';
  /**
   * Handles events in log order. Effects written through `tx` commit together with the group's place, so they happen
   * exactly once; effects elsewhere (Temporal, sockets) may repeat after a crash and must bear it.
   */
  readonly handle: (events: readonly StoredEvent[], tx: Tx) => Promise<void>;
};

/** Carries the outbox to consumers. Two drivers fulfil it: Postgres (the default) and Kafka. */
export interface EventBus {
  /** Starts delivering to a group in this process. Of several processes with one group, one is active at a time. */
  subscribe(consumer: Consumer): void;
  /** Stops after the batches under way have been committed. */
  close(): Promise<void>;
}
