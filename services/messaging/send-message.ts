import { randomUUID } from 'node:crypto';
import type { WireMessage } from '#shared/contracts/messaging/message.ts';
import { AppError, invalid, unreachable } from '#shared/errors.ts';
import { type MessageId, type UserId, regionOf } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Databases } from '#shared/sql.ts';
import { appendBatch } from './append/append-batch.ts';
import { Lanes } from './append/lanes.ts';
import { clientKeyOf } from './client-key.ts';
import type { DialogKeys } from './encryption/dialog-keys.ts';
import { type Body, fingerprint, seal } from './encryption/seal.ts';
import { makeMayCarry } from './may-carry.ts';
import type { Announcer, MediaLinks } from './ports.ts';
import type { Reading } from './reading.ts';
import type { SendCommand, SentMessage } from './service.ts';
import type { Appended, NewMessage } from './store/append.ts';
import { messageOf } from './wire.ts';

/** At 20,000 messages a second a full lane means a wait of some 200 ms; who comes then is better off trying again. */
const WAITING_MAX = 4_096;

type Ports = {
  readonly databases: Databases;
  readonly keys: DialogKeys;
  readonly reading: Reading;
  readonly announcer: Announcer;
  readonly media?: MediaLinks;
};

/**
 * Sends a message: seals it, has it appended with what else arrives meanwhile, and announces it once it is committed.
 *
 * Sealing comes first, so messages of a dialog whose key must be fetched wait outside the lane and hold up nobody else.
 * @throws {AppError} NOT_FOUND when the sender is not in the dialog, CONFLICT when the client_id was used for something
 *   else, FORBIDDEN where only admins post, VALIDATION_ERROR for a reference to what is not there or not the sender's, RETRY_LATER
 *   when too many wait, UPSTREAM_UNAVAILABLE when the store is away (the message may be stored: repeat it).
 */
export function makeSendMessage(ports: Ports) {
  const { databases, keys, reading, announcer } = ports;
  const mayCarry = makeMayCarry(ports);
  const lanes = new Lanes<NewMessage, Appended>(databases, {
    capacity: WAITING_MAX,
    batchMax: reading.store.batchMax,
    keyOf: (message) => message.clientKey,
    run: (database, batch) => appendBatch(reading.store, database, batch),
  });

  async function first(message: NewMessage, seq: bigint, senderId: UserId): Promise<WireMessage> {
    const database = reading.home(message.dialogId);
    const row = await reading.store.bySeq(database, message.dialogId, seq);
    const cursors = await reading.cursors(database, senderId, [message.dialogId]);
    const [wire] = await reading.messages(database, row === undefined ? [] : [row], cursors);
    return wire!;
  }

  return async (sender: { readonly userId: UserId }, command: SendCommand): Promise<SentMessage> => {
    const body: Body = { content: command.content, metadata: command.metadata ?? null };
    const key = await keys.current(command.dialog_id);
    const message = sealed(sender.userId, command, body, key);
    await mayCarry(sender.userId, command, message.clientKey);
    const appended = await lanes.post(message);
    const { outcome, seq } = appended;
    switch (outcome) {
      case 'appended':
      case 'stored': {
        const wire = wireOf(message, appended, body, command);
        announcer.messageNew(message.dialogId, { dialog_id: message.dialogId, version: wire.version, message: wire });
        return { message: wire, repeated: false };
      }
      case 'repeated':
        return { message: await first(message, seq!, sender.userId), repeated: true };
      case 'conflict':
        throw new AppError('CONFLICT', { message: 'The client_id was used for another message' });
      case 'absent':
        throw new AppError('NOT_FOUND');
      case 'forbidden':
        throw new AppError('FORBIDDEN', { message: 'Only admins post in this channel' });
      case 'bad_reply':
        throw invalid('reply_to_id', 'is not a message of this dialog');
      default:
        return unreachable(outcome);
    }
  };
}

type Key = Awaited<ReturnType<DialogKeys['current']>>;

function sealed(senderId: UserId, command: SendCommand, body: Body, key: Key): NewMessage {
  const dialogId = command.dialog_id;
  const id = newId<MessageId>(regionOf(dialogId));
  const clientId = command.client_id ?? randomUUID();
  const replyToId = command.reply_to_id ?? null;
  return {
    dialogId,
    id,
    senderId,
    clientId,
    clientKey: clientKeyOf(dialogId, senderId, clientId),
    type: command.message_type,
    replyToId,
    fingerprint: fingerprint(key, { ...body, type: command.message_type, replyToId }),
    keyVersion: key.version,
    body: seal(key, { dialogId, messageId: id, senderId }, body),
    mentions: mentionedBy(senderId, command),
  };
}

/** Whoever mentions themselves is not told. */
function mentionedBy(senderId: UserId, command: SendCommand): UserId[] {
  if (command.message_type !== 'text') return [];
  return (command.metadata?.mentions ?? []).filter((userId) => userId !== senderId);
}

/** The stored message, without reading it back. */
function wireOf(
  message: NewMessage,
  { seq, version, created_at: createdAt }: Appended,
  body: Body,
  command: SendCommand,
) {
  const row = {
    dialog_id: message.dialogId,
    id: message.id,
    seq: seq!,
    version: version!,
    sender_id: message.senderId,
    client_id: message.clientId,
    message_type: command.message_type,
    reply_to_id: message.replyToId,
    key_version: message.keyVersion,
    body: message.body,
    changed: false,
    edited_at: null,
    deleted_at: null,
    created_at: createdAt!,
  };
  return messageOf(row, body, []);
}
