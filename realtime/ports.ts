import type { DefaultEventsMap, Namespace, Server, Socket } from 'socket.io';
import type { MessagingService } from '#services/messaging/service.ts';
import type { Caller } from '#shared/caller.ts';
import type { DialogId, SessionId } from '#shared/ids.ts';
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
  /** Calls back on every node, once for each session that ends early; within 30 s even when the push was lost. */
  onRevoked(listener: (sessionId: SessionId) => void): () => void;
}

/** How far a dialog has got. */
export type TopVersion = { readonly dialog_id: DialogId; readonly version: number };

/** What a node needs of messaging. */
export type Chat = Pick<MessagingService, 'sendMessage' | 'advanceReceipt' | 'sync' | 'dialogsOf' | 'isMember'> & {
  /** Of these dialogs, at most 500, those that exist, for the beacon. Checks no membership. */
  topVersions(dialogIds: readonly DialogId[]): Promise<readonly TopVersion[]>;
};

/** The cluster's pub/sub, as far as a node must know how it fares. */
export interface Channels {
  /** Resolves when the rooms joined so far are heard cluster-wide, or after a bounded wait. Never rejects. */
  settled(): Promise<void>;
  /** Calls back after the subscriptions stand again: what was published in between was not heard. */
  onRestored(listener: () => void): void;
  readonly state: { readonly subscribed: boolean; readonly publishing: boolean; readonly lost: number };
}
