import { openKeyManagement } from '#infrastructure/keys/open-key-management.ts';
import { type MessagingUpkeep, makeMessagingUpkeep } from '#services/messaging/upkeep.ts';
import type { Ground } from './ground.main.ts';
import { openMessageStore } from './open-message-store.main.ts';

/**
 * What keeps messages in order behind the calls of people.
 *
 * @param resources closes what is opened for it
 * @param onIndexed hears how many messages were made findable at a time, and how long ago the oldest was sent
 */
export async function openMessagingUpkeep(
  { config, databases, outbox, clock }: Pick<Ground, 'config' | 'databases' | 'outbox' | 'clock'>,
  resources: AsyncDisposableStack,
  onIndexed: (count: number, lagMs: number) => void = () => undefined,
): Promise<MessagingUpkeep> {
  const { store } = resources.use(await openMessageStore(config));
  return makeMessagingUpkeep({
    databases,
    outbox,
    clock,
    keyManagement: openKeyManagement(config),
    deletedDialogMs: config.DELETED_DIALOG_KEPT_FOR,
    systemMessageMs: config.SYSTEM_MESSAGE_KEPT_FOR,
    onIndexed,
    messageStore: store,
  });
}
