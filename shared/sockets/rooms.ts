import type { DialogId, UserId } from '../ids.ts';

/**
 * Names of the rooms that sockets join; whoever emits in the cluster names the same.
 *
 * Each is its own channel of the sharded adapter, heard only by nodes that have a member. That needs a name that is not
 * 20 characters long (the adapter takes those for socket ids) and one room an emit; otherwise the message goes to the
 * channel that every node hears.
 */
export function dialogRoom(id: DialogId): string {
  return `d:${id}`;
}

/** Those who watch whether a user is online. */
export function presenceRoom(id: UserId): string {
  return `p:${id}`;
}

/** All sockets of a user, on all devices. */
export function userRoom(id: UserId): string {
  return `u:${id}`;
}
