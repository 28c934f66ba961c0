import type { Config } from '#infrastructure/config/settings.ts';
import { openMessageLog } from '#infrastructure/message-store/open-message-log.ts';
import { makeLogMessages } from '#services/messaging/store/log/log-messages.ts';
import type { MessageStore } from '#services/messaging/store/message-store.ts';
import { postgresMessages } from '#services/messaging/store/postgres-messages.ts';

export type OpenMessageStore = AsyncDisposable & {
  readonly store: MessageStore;
  /** Settles when it answers; for readiness. Messages that live in the databases answer with them. */
  ping(): Promise<void>;
};

/** Where messages live, by the setting MESSAGE_STORE. */
export async function openMessageStore(config: Config): Promise<OpenMessageStore> {
  const opened = await openMessageLog(config);
  if (opened === undefined) {
    return { store: postgresMessages, ping: async () => undefined, [Symbol.asyncDispose]: async () => undefined };
  }
  return {
    store: makeLogMessages(opened.log),
    ping: () => opened.ping(),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}
