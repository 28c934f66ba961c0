import type { ClusterNotices, NoticeName, Notices, ServerToServer } from '#shared/sockets/notices.ts';
import type { ClusterNamespace } from './cluster.ts';

/** The part of a namespace that notices need. Socket.IO's own types cannot follow an event name that is generic. */
type ServerSide = {
  serverSideEmit(name: NoticeName, notice: unknown): boolean;
  on(name: NoticeName, listener: (notice: never) => void): unknown;
};

/**
 * Notices as the adapter's server-side events, which reach the other processes; our own listeners are called here.
 * Make one of these per process.
 */
export function makeNotices(namespace: ClusterNamespace): Notices {
  const others = namespace as unknown as ServerSide;
  const own: { [Name in NoticeName]: ServerToServer[Name][] } = {
    'cluster:dialog-joined': [],
    'cluster:dialog-left': [],
    'cluster:dialog-closed': [],
  };
  return {
    publish<Name extends NoticeName>(name: Name, notice: ClusterNotices[Name]): void {
      others.serverSideEmit(name, notice);
      for (const listener of own[name]) listener(notice);
    },
    on<Name extends NoticeName>(name: Name, listener: ServerToServer[Name]): void {
      own[name].push(listener);
      others.on(name, listener);
    },
  };
}
