import type { DialogId } from '#shared/ids.ts';
import type { Log } from '#shared/log.ts';
import { dialogRoom } from '#shared/sockets/rooms.ts';
import { SECOND } from '#shared/time.ts';
import type { Channels, Chat, NodeNamespace } from '../ports.ts';

/** Dialogs asked about in one query. */
const DIALOGS_PER_QUERY_MAX = 500;
/** How long something that was lost on its way to this node goes unnoticed. */
const BEACON_EVERY_MS = 10 * SECOND;
/** While this node hears nothing from the others, the beacon is all that its clients have. */
const WHILE_DEAF_EVERY_MS = 2 * SECOND;
const DIALOG_PREFIX = dialogRoom('' as DialogId);

export type BeaconPorts = {
  readonly namespace: NodeNamespace;
  readonly chat: Pick<Chat, 'topVersions'>;
  readonly channels: Pick<Channels, 'state'>;
  readonly log: Log;
};

/**
 * Heals what live delivery lost without a trace: a node died between commit and emit, Redis restarted, a publication
 * was dropped. From time to time the node asks the store how far the dialogs of its own rooms have got, and tells those
 * rooms whose version it has not told yet. A client that has everything does nothing; one that lacks something syncs.
 *
 * A quiet dialog costs its share of a query and nothing else; an active one costs one small emit in ten seconds.
 */
export class Beacon {
  readonly #ports: BeaconPorts;
  /** The version last told to each room that this node has now. */
  readonly #told = new Map<DialogId, number>();
  #sweeping = false;
  #sweptAtMs = Number.NEGATIVE_INFINITY;
  readonly #timer: NodeJS.Timeout;

  constructor(ports: BeaconPorts) {
    this.#ports = ports;
    this.#timer = setInterval(() => void this.#sweepWhenDue(), WHILE_DEAF_EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Tells every room that has moved, now. */
  async sweep(): Promise<void> {
    if (this.#sweeping) return;
    this.#sweeping = true;
    this.#sweptAtMs = performance.now();
    try {
      const rooms = this.#rooms();
      for (const id of this.#told.keys()) if (!rooms.has(id)) this.#told.delete(id);
      const ids = [...rooms];
      for (let from = 0; from < ids.length; from += DIALOGS_PER_QUERY_MAX) {
        await this.check(ids.slice(from, from + DIALOGS_PER_QUERY_MAX));
      }
    } catch (error) {
      this.#ports.log.warn({ err: error }, 'the beacon could not read how far dialogs have got; the next one will');
    } finally {
      this.#sweeping = false;
    }
  }

  /** The same for some dialogs, at most 500. Rejects when the store cannot be read. */
  async check(dialogIds: readonly DialogId[]): Promise<void> {
    for (const top of await this.#ports.chat.topVersions(dialogIds)) {
      if (top.version === 0 || this.#told.get(top.dialog_id) === top.version) continue;
      this.#told.set(top.dialog_id, top.version);
      this.#ports.namespace.local.to(dialogRoom(top.dialog_id)).emit('beacon', { dialogs: [top] });
    }
  }

  #sweepWhenDue(): Promise<void> | undefined {
    const everyMs = this.#ports.channels.state.subscribed ? BEACON_EVERY_MS : WHILE_DEAF_EVERY_MS;
    return performance.now() - this.#sweptAtMs < everyMs - WHILE_DEAF_EVERY_MS / 2 ? undefined : this.sweep();
  }

  #rooms(): Set<DialogId> {
    const ids = new Set<DialogId>();
    for (const room of this.#ports.namespace.adapter.rooms.keys()) {
      if (room.startsWith(DIALOG_PREFIX)) ids.add(room.slice(DIALOG_PREFIX.length) as DialogId);
    }
    return ids;
  }
}
