import type { DialogRemoved, WireDialog } from '../contracts/messaging/dialog.ts';
import type { UserId } from '../ids.ts';

/**
 * What the processes of a cluster tell each other, never a client. Any process may publish; each realtime node acts on
 * its own sessions, those that are still being admitted included.
 */
export type ClusterNotices = {
  /** These users are now in a dialog: their sockets join its room and hear `dialog:new`. */
  'cluster:dialog-joined': { readonly user_ids: readonly UserId[]; readonly dialog: WireDialog };
  /** These users are no longer in a dialog: their sockets leave its room and hear `dialog:removed`. */
  'cluster:dialog-left': { readonly user_ids: readonly UserId[]; readonly dialog: DialogRemoved };
  /** The dialog is no more: whoever is in its room hears so, and leaves it. */
  'cluster:dialog-closed': { readonly dialog: DialogRemoved };
};

export type NoticeName = keyof ClusterNotices;

/** Carries notices to every process, the publishing one included. A notice may be lost, as anything over Redis may. */
export interface Notices {
  publish<Name extends NoticeName>(name: Name, notice: ClusterNotices[Name]): void;
  on<Name extends NoticeName>(name: Name, listener: (notice: ClusterNotices[Name]) => void): void;
}

/** Socket.IO's typing of what servers tell each other. */
export type ServerToServer = { [Name in NoticeName]: (notice: ClusterNotices[Name]) => void };
