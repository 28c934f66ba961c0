import type { MessageChange } from '#shared/contracts/messaging/message.ts';
import type { Receipt } from '#shared/contracts/messaging/receipt.ts';
import type { DialogId, UserId } from '#shared/ids.ts';
import type { Notices } from '#shared/sockets/notices.ts';
import { dialogRoom, userRoom } from '#shared/sockets/rooms.ts';
import type { ServerEvent, UserEventName } from '#shared/sockets/server-events.ts';
import type { Announcer } from '#services/messaging/ports.ts';
import type { ClusterNamespace } from './cluster.ts';

/** A room as seen by one generic event: Socket.IO's own types cannot follow an event name that is generic. */
type UserRoom = { emit(event: UserEventName, data: ServerEvent<UserEventName>): boolean };

/** Emits into the whole cluster, from any process. */
export interface ClusterAnnouncer extends Announcer {
  /** To every socket of these people; for consumers of events such as `order:updated`. One emit a person. */
  emitToUsers<Name extends UserEventName>(userIds: readonly UserId[], event: Name, data: ServerEvent<Name>): void;
}

/**
 * Fulfils messaging's {@link Announcer} over the cluster's rooms.
 *
 * A message is one emit to one room: serialised once for our own sockets and once for the other nodes, whatever the
 * number of members. Everyone in the room hears it, the sender's own sockets included, so that versions are dense for
 * every client.
 */
export function makeAnnouncer(namespace: ClusterNamespace, notices: Notices): ClusterAnnouncer {
  return {
    messageNew(dialogId: DialogId, change: MessageChange): void {
      namespace.to(dialogRoom(dialogId)).emit('message:new', change);
    },
    messageChanged(dialogId: DialogId, change: MessageChange): void {
      const event = change.message.deleted_at === null ? 'message:updated' : 'message:deleted';
      namespace.to(dialogRoom(dialogId)).emit(event, change);
    },
    receipt(dialogId: DialogId, receipt: Receipt): void {
      namespace.to(dialogRoom(dialogId)).emit('receipt', receipt);
    },
    receiptFor(userId, receipt): void {
      namespace.to(userRoom(userId)).emit('receipt', receipt);
    },
    dialogNew(userIds, dialog): void {
      notices.publish('cluster:dialog-joined', { user_ids: userIds, dialog });
    },
    dialogUpdated(dialogId, update): void {
      namespace.to(dialogRoom(dialogId)).emit('dialog:updated', update);
    },
    dialogUpdatedFor(userId, update): void {
      namespace.to(userRoom(userId)).emit('dialog:updated', update);
    },
    dialogRemoved(userIds, removed): void {
      notices.publish('cluster:dialog-left', { user_ids: userIds, dialog: removed });
    },
    dialogClosed(removed): void {
      notices.publish('cluster:dialog-closed', { dialog: removed });
    },
    emitToUsers(userIds, event, data): void {
      // What JSON cannot say, such as a bigint, must fail here: in the adapter it would be a rejection nobody handles.
      JSON.stringify(data);
      // One room an emit: an emit to several would go to the channel that every node hears.
      for (const id of userIds) (namespace.to(userRoom(id)) as unknown as UserRoom).emit(event, data);
    },
  };
}
