import type { Consumer } from '#shared/events/bus.ts';
import type { Outbox } from '#shared/events/event.ts';
import type { KeyManagement } from '#shared/key-management.ts';
import type { Databases } from '#shared/sql.ts';
import type { Clock } from '#shared/time.ts';
import type { PurgePlace } from '#shared/workflows/messaging.ts';
import { DialogKeys } from './encryption/dialog-keys.ts';
import { type KeyCare, makeKeyCare } from './encryption/key-care.ts';
import { type ExportMessages, makeExportMessages } from './export-messages.ts';
import { Reading } from './reading.ts';
import { type PurgeStep, makePurgeMessages } from './retention/purge-messages.ts';
import { makeMessageIndex } from './search/index-messages.ts';
import type { MessageStore } from './store/message-store.ts';
import { postgresMessages } from './store/postgres-messages.ts';

export type MessagingUpkeepPorts = {
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly keyManagement: KeyManagement;
  readonly clock: Clock;
  /** How long a deleted dialog and a system message are kept, in milliseconds. */
  readonly deletedDialogMs: number;
  readonly systemMessageMs: number;
  /** Where messages live; in the databases when it is not said. */
  readonly messageStore?: MessageStore;
  /** Hears how many messages were made findable at a time, and how long ago the oldest was sent, in milliseconds. */
  readonly onIndexed?: (count: number, lagMs: number) => void;
};

/** What keeps messages in order behind the calls of people: a worker's part of messaging. */
export type MessagingUpkeep = {
  readonly index: Consumer;
  readonly keyCare: KeyCare;
  readonly purgeMessages: (place: PurgePlace | undefined) => Promise<PurgeStep>;
  readonly exportMessages: ExportMessages;
};

export function makeMessagingUpkeep(ports: MessagingUpkeepPorts): MessagingUpkeep {
  const { databases, outbox, keyManagement, clock, messageStore, onIndexed = () => undefined } = ports;
  const { deletedDialogMs, systemMessageMs } = ports;
  const store = messageStore ?? postgresMessages;
  const keys = new DialogKeys(databases, keyManagement);
  const reading = new Reading({ databases, keys, store });
  const keyCare = makeKeyCare({ databases, management: keyManagement, outbox });
  return {
    keyCare,
    purgeMessages: makePurgeMessages({ databases, outbox, keyCare, clock, store, deletedDialogMs, systemMessageMs }),
    exportMessages: makeExportMessages({ databases, reading }),
    index: makeMessageIndex({ keys, reading, onIndexed, now: () => clock().getTime() }),
  };
}
