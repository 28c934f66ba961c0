import type { WireMessage } from '#shared/contracts/messaging/message.ts';
import type { MediaId, MessageId } from '#shared/ids.ts';
import type { Changing } from './changing.ts';
import { clientKeyOf } from './client-key.ts';
import type { MediaLinks } from './ports.ts';
import type { Reading } from './reading.ts';
import type { Member } from './service.ts';
import type { Change } from './store/changes.ts';
import type { MessageRow } from './store/messages.ts';

type Ports = {
  readonly changing: Changing;
  readonly reading: Reading;
  readonly media?: MediaLinks | undefined;
};

/**
 * Deletes a message for everyone: one's own, or as owner or admin of a group or channel anyone's, at any time. What it
 * said, what it said before, its reactions and mentions are destroyed; a stub keeps its place. A file that no other
 * message shows goes with it. Deleting twice changes nothing.
 * @throws {AppError} NOT_FOUND, FORBIDDEN for someone else's and for system messages.
 */
export function makeDeleteMessage({ changing, reading, media }: Ports) {
  const remove = makeRemoveMessage({ changing, reading, media });
  return async (caller: Pick<Member, 'userId'>, messageId: MessageId): Promise<WireMessage> =>
    await remove(await changing.find(messageId, caller.userId), { actorId: caller.userId });
}

/**
 * Removes a message that was read before, with the file that it shows.
 *
 * @throws {AppError} NOT_FOUND, FORBIDDEN as the rights of `judgedAs`, or else of the actor, are
 */
export function makeRemoveMessage({ changing, reading, media }: Ports) {
  async function fileOf(found: MessageRow): Promise<Change['showed']> {
    if (!SHOW_FILES.has(found.message_type)) return undefined;
    const { body } = await reading.opened(found);
    const mediaId = (body?.metadata as { media_id?: MediaId } | null | undefined)?.media_id;
    if (mediaId === undefined) return undefined;
    return { mediaId, messageKey: clientKeyOf(found.dialog_id, found.sender_id, found.client_id) };
  }

  return async (found: MessageRow, by: Pick<Change, 'actorId' | 'judgedAs'>): Promise<WireMessage> => {
    const { dialog_id: dialogId, id: messageId, seq } = found;
    const showed = await fileOf(found);
    const change: Change = { kind: 'delete', messageId, dialogId, seq, ...by };
    const message = await changing.make(showed === undefined ? change : { ...change, showed });
    // At once when it can be. A consumer of the event does the same, so a failure here is made good soon after.
    if (showed !== undefined) await media?.detach({ ...showed, dialogId }, by.actorId).catch(() => undefined);
    return message;
  };
}

const SHOW_FILES: ReadonlySet<string> = new Set(['image', 'video', 'audio', 'file']);
