import type { Config } from '#infrastructure/config/settings.ts';
import type { MessageLog } from '#services/messaging/store/log/message-log.ts';

export type OpenMessageLog = AsyncDisposable & {
  readonly log: MessageLog;
  /** Settles when a node answers; for readiness. */
  ping(): Promise<void>;
};

/** The log that messages live in; undefined where they live in the databases, and then no driver is loaded. */
export async function openMessageLog(config: Config): Promise<OpenMessageLog | undefined> {
  if (config.MESSAGE_STORE === 'postgres') return undefined;
  const { openCassandraLog } = await import('./cassandra/open.ts');
  return await openCassandraLog(config);
}

/** Makes what the log needs where it is not there yet; one process at a time. */
export async function prepareMessageLog(config: Config): Promise<void> {
  if (config.MESSAGE_STORE === 'postgres') return;
  const { prepareCassandra } = await import('./cassandra/open.ts');
  await prepareCassandra(config);
}
