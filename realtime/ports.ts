import type { DefaultEventsMap, Namespace, Server, Socket } from 'socket.io';
import type { PersonPresence, Seen } from '#services/auth/presence.ts';
import type { MessagingService } from '#services/messaging/service.ts';
import type { Caller } from '#shared/caller.ts';
import type { DialogId, SessionId, UserId } from '#shared/ids.ts';
import type { ServerToServer } from '#shared/sockets/notices.ts';
import type { ServerToClient } from '#shared/sockets/server-events.ts';

/** Clients may emit anything: what arrives is `unknown` until its schema says otherwise. */
export type NodeServer = Server<DefaultEventsMap, ServerToClient, ServerToServer>;
export type NodeNamespace = Namespace<DefaultEventsMap, ServerToClient, ServerToServer>;
export type NodeSocket = Socket<DefaultEventsMap, ServerToClient, ServerToServer>;

/** Who a token belongs to, and whose sessions have ended. Fulfilled by auth. */
export interface Identity {
  /** @throws {AppError} UNAUTHORIZED, TOKEN_EXPIRED, SESSION_REVOKED */
  authenticate(token: string): Promise<Caller>;
  /** Whether the key that has signed someone's token was not taken away since; known within some seconds. */
  isKeyGood(keyId: string): boolean;
  /** Calls back on every node, once for each session that ends early; within 30 s even when the push was lost. */
  onRevoked(listener: (sessionId: SessionId) => void): () => void;
}

/** How far a dialog has got. */
export type TopVersion = { readonly dialog_id: DialogId; readonly version: number };

/** What a node needs of messaging. */
export type Chat = Pick<
  MessagingService,
  | 'sendMessage'
  | 'editMessage'
  | 'deleteMessage'
  | 'addReaction'
  | 'removeReaction'
  | 'advanceReceipt'
  | 'sync'
  | 'dialogsOf'
  | 'standingIn'
> & {
  /** Of these dialogs, at most 500, those that exist, for the beacon. Checks no membership. */
  topVersions(dialogIds: readonly DialogId[]): Promise<readonly TopVersion[]>;
  /** Which of these people, at most a few hundred, are in a direct dialog or a group with the user. */
  sharesDialog(userId: UserId, others: readonly UserId[]): Promise<ReadonlySet<UserId>>;
};

/** What a node needs to know, and to keep, of when people are there. Fulfilled by auth. */
export interface People {
  /** As the watcher meets them; whom nobody knows is left out. */
  presenceOf(watcherId: UserId, userIds: readonly UserId[]): Promise<readonly PersonPresence[]>;
  lastSeenOf(userIds: readonly UserId[]): Promise<ReadonlyMap<UserId, Date>>;
  /** At most a few hundred, each once; never moves anyone back. */
  rememberSeen(seen: readonly Seen[]): Promise<void>;
}

/**
 * Who has sockets on which node. A node's word is good for 24 s, so one that dies is forgotten by itself. Each answers,
 * in order, whether a word on the user is good; each rejects while the registry is away.
 */
export interface PresenceRegistry {
  /** These users are here. Answers how it was before. */
  renew(userIds: readonly UserId[]): Promise<boolean[]>;
  /** These users are not here any more. Answers whether they are elsewhere. */
  leave(userIds: readonly UserId[]): Promise<boolean[]>;
  areOnline(userIds: readonly UserId[]): Promise<boolean[]>;
}

/** The cluster's pub/sub, as far as a node must know how it fares. */
export interface Channels {
  /** Resolves when the rooms joined so far are heard cluster-wide, or after a bounded wait. Never rejects. */
  settled(): Promise<void>;
  /** Calls back after the subscriptions stand again: what was published in between was not heard. */
  onRestored(listener: () => void): void;
  readonly state: { readonly subscribed: boolean; readonly publishing: boolean; readonly lost: number };
}
