import type { Caller } from '#shared/caller.ts';
import type { Place } from '#shared/contracts/messaging.ts';
import type { DialogType, OpenDialog, WireDialog } from '#shared/contracts/messaging/dialog.ts';
import type { EarlierContent, MessageReceipt, ReceiptsQuery } from '#shared/contracts/messaging/changes.ts';
import type { MessageBody, WireMessage } from '#shared/contracts/messaging/message.ts';
import type { Cursor, ReceiptBody } from '#shared/contracts/messaging/receipt.ts';
import type { SearchQuery } from '#shared/contracts/messaging/search.ts';
import type { SyncReply, SyncRequest } from '#shared/contracts/messaging/sync.ts';
import type { Outbox } from '#shared/events/event.ts';
import type { IdempotencyKey } from '#shared/http/call.ts';
import type { Idempotency } from '#shared/http/idempotency.ts';
import type { DialogId, MessageId, UserId } from '#shared/ids.ts';
import type { KeyManagement } from '#shared/key-management.ts';
import type { Databases } from '#shared/sql.ts';
import { makeAdvanceReceipt } from './advance-receipt.ts';
import { Changing } from './changing.ts';
import { makeDeleteMessage } from './delete-message.ts';
import { makeEditMessage } from './edit-message.ts';
import { DialogKeys } from './encryption/dialog-keys.ts';
import { makeGetDialog } from './get-dialog.ts';
import { makeHistory } from './history.ts';
import { makeListDialogs } from './list-dialogs.ts';
import { makeDialogsOf, makeStandingIn } from './membership.ts';
import { makeMessageHistory } from './message-history.ts';
import { makeMessageReceipts } from './message-receipts.ts';
import { makeOpenDialog } from './open-dialog.ts';
import { type DialogLife, makeDialogLife } from './life/dialog-life.ts';
import type { Announcer, Blocks, MediaLinks, People } from './ports.ts';
import { makeModeration, type Moderation } from './moderation/moderation.ts';
import { makeReact } from './react.ts';
import { Reading } from './reading.ts';
import { makeSearchMessages, type SearchPage } from './search/search-messages.ts';
import { makeSendMessage } from './send-message.ts';
import type { MessageStore } from './store/message-store.ts';
import { postgresMessages } from './store/postgres-messages.ts';
import type { MemberStanding } from './store/participants.ts';
import { makeSync } from './sync.ts';

/** What messaging needs to know about the caller; a whole `Caller` fits. */
export type Member = Pick<Caller, 'userId' | 'country'>;

export type OpenedDialog = { readonly dialog: WireDialog; readonly created: boolean };
export type DialogPage = { readonly dialogs: WireDialog[]; readonly total: number; readonly has_next: boolean };
export type DialogQuery = { readonly page: number; readonly limit: number; readonly type?: DialogType | undefined };
export type MessagePage = { readonly messages: WireMessage[]; readonly has_more: boolean };
export type MessageQuery = {
  readonly before?: Place | undefined;
  readonly after?: Place | undefined;
  readonly limit: number;
};
/** `repeated`: the client_id was used before, and this is the message that it made then. */
export type SentMessage = { readonly message: WireMessage; readonly repeated: boolean };
export type SendCommand = MessageBody & { readonly dialog_id: DialogId };
export type ReceiptPage = { readonly receipts: MessageReceipt[]; readonly next_cursor: string | null };
export type AdvancedCursor = Cursor & { readonly changed: boolean };

/**
 * The use cases of messaging, for HTTP routes and for socket nodes.
 *
 * All refuse with {@link AppError}: NOT_FOUND for a dialog that the caller is not in, exactly as for one that does not
 * exist; RETRY_LATER when a mailbox is full; UPSTREAM_UNAVAILABLE when the store cannot be reached.
 */
export interface MessagingService extends DialogLife, Moderation {
  /** One direct dialog per pair, whoever opens it and however many at once. */
  openDialog(caller: Member, command: OpenDialog, key?: IdempotencyKey): Promise<OpenedDialog>;
  listDialogs(caller: Member, query: DialogQuery): Promise<DialogPage>;
  getDialog(caller: Member, dialogId: DialogId): Promise<WireDialog>;
  history(caller: Member, dialogId: DialogId, query: MessageQuery): Promise<MessagePage>;
  /**
   * Resolves only after the message is committed; then it has been announced. Without a client_id one is made.
   * @throws {AppError} CONFLICT when the client_id was used with other content, FORBIDDEN where only admins post.
   */
  sendMessage(sender: Pick<Member, 'userId'>, command: SendCommand): Promise<SentMessage>;
  /**
   * Each resolves with the message in its new state once that is committed and announced; a repeat changes nothing.
   * @throws {AppError} FORBIDDEN for what the caller may not do to this message, CONFLICT for what its state forbids.
   */
  editMessage(caller: Pick<Member, 'userId'>, messageId: MessageId, content: string): Promise<WireMessage>;
  deleteMessage(caller: Pick<Member, 'userId'>, messageId: MessageId): Promise<WireMessage>;
  addReaction(caller: Pick<Member, 'userId'>, messageId: MessageId, emoji: string): Promise<WireMessage>;
  removeReaction(caller: Pick<Member, 'userId'>, messageId: MessageId, emoji: string): Promise<WireMessage>;
  /** What a message said before its edits, the first content first. */
  messageHistory(caller: Member, messageId: MessageId): Promise<EarlierContent[]>;
  messageReceipts(caller: Member, messageId: MessageId, query: ReceiptsQuery): Promise<ReceiptPage>;
  /** Moves cursors forward, clamped to last_seq; announces them when they moved. */
  advanceReceipt(userId: UserId, dialogId: DialogId, receipt: ReceiptBody): Promise<AdvancedCursor>;
  sync(userId: UserId, request: SyncRequest): Promise<SyncReply>;
  /** Messages by their words, newest first; what was sent or changed a moment ago may not be found yet. */
  searchMessages(caller: Member, query: SearchQuery): Promise<SearchPage>;
  /** The rooms to join at connect: at most 5,000, the most recently active first. */
  dialogsOf(userId: UserId): Promise<DialogId[]>;
  /** Whether someone posts in a dialog, or only reads it, or posts unheard; undefined when not in it, or blocked. */
  standingIn(userId: UserId, dialogId: DialogId): Promise<MemberStanding | undefined>;
}

export type MessagingPorts = {
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly idempotency: Idempotency;
  readonly people: People;
  readonly blocks: Blocks;
  readonly announcer: Announcer;
  readonly keyManagement: KeyManagement;
  /** Absent where no files are kept: then no message shows one. */
  readonly media?: MediaLinks;
  /** Where messages live; in the databases when it is not said. */
  readonly messageStore?: MessageStore;
};

/** Everything in it belongs to one process: its lanes, and the keys that it has unwrapped. */
export function makeMessaging(ports: MessagingPorts): MessagingService {
  const { databases, keyManagement, ...others } = ports;
  const keys = new DialogKeys(databases, keyManagement);
  const reading = new Reading({ databases, keys, store: ports.messageStore ?? postgresMessages });
  const changing = new Changing({ ...others, databases, reading });
  const inside = { ...others, databases, keys, reading, changing };
  return {
    ...makeDialogLife(inside),
    ...makeModeration(inside),
    openDialog: makeOpenDialog(inside),
    listDialogs: makeListDialogs(inside),
    getDialog: makeGetDialog(inside),
    history: makeHistory(inside),
    sendMessage: makeSendMessage(inside),
    editMessage: makeEditMessage(inside),
    deleteMessage: makeDeleteMessage(inside),
    addReaction: makeReact(inside, 'react'),
    removeReaction: makeReact(inside, 'unreact'),
    messageHistory: makeMessageHistory(inside),
    messageReceipts: makeMessageReceipts(inside),
    advanceReceipt: makeAdvanceReceipt(inside),
    sync: makeSync(inside),
    searchMessages: makeSearchMessages(inside),
    dialogsOf: makeDialogsOf(inside),
    standingIn: makeStandingIn(inside),
  };
}
