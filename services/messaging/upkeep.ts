import type { Consumer } from '#shared/events/bus.ts';
import type { Outbox } from '#shared/events/event.ts';
import type { Databases } from '#shared/sql.ts';
import type { Clock } from '#shared/time.ts';
import { DialogKeys } from './encryption/dialog-keys.ts';
import { type KeyCare, makeKeyCare } from './encryption/key-care.ts';
import type { KeyManagement } from './ports.ts';
import { Reading } from './reading.ts';
import { makeMessageIndex } from './search/index-messages.ts';
import type { MessageStore } from './store/message-store.ts';
import { postgresMessages } from './store/postgres-messages.ts';

export type MessagingUpkeepPorts = {
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly keyManagement: KeyManagement;
  readonly clock: Clock;
  /** Where messages live; in the databases when it is not said. */
  readonly messageStore?: MessageStore;
  /** Hears how many messages were made findable at a time, and how long ago the oldest was sent, in milliseconds. */
  readonly onIndexed?: (count: number, lagMs: number) => void;
};

/** What keeps messages in order behind the calls of people: a worker's part of messaging. */
export type MessagingUpkeep = {
  readonly index: Consumer;
  readonly keyCare: KeyCare;
};

export function makeMessagingUpkeep(ports: MessagingUpkeepPorts): MessagingUpkeep {
  const { databases, outbox, keyManagement, clock, messageStore, onIndexed = () => undefined } = ports;
  const keys = new DialogKeys(databases, keyManagement);
  const reading = new Reading({ databases, keys, store: messageStore ?? postgresMessages });
  return {
    index: makeMessageIndex({ keys, reading, onIndexed, now: () => clock().getTime() }),
    keyCare: makeKeyCare({ databases, management: keyManagement, outbox }),
  };
}
