import type { UserId } from '#shared/ids.ts';
import { type Presence, PRESENCE_USERS_MAX } from '#shared/sockets/presence.ts';
import { SECOND } from '#shared/time.ts';
import { backoffMs } from './backoff.ts';

/** As many as a node lets one socket watch. */
const WATCHING_MAX = 500;
const RETRY = { firstMs: 500, maxMs: 30 * SECOND };

export type PresenceWatchPorts = {
  /** @throws {AppError} as the connection does */
  readonly subscribe: (userIds: UserId[]) => Promise<{ readonly presence: readonly Presence[] }>;
  readonly isOn: () => boolean;
  readonly tell: (presence: Presence) => void;
};

/** The people whose presence a client watches: a socket forgets them when it ends, so each new one is told of all. */
export class PresenceWatch {
  readonly #ports: PresenceWatchPorts;
  /** Oldest first. */
  readonly #watching = new Set<UserId>();
  /** Those of whom this connection's node was not told yet. */
  readonly #untold = new Set<UserId>();
  #isTelling = false;

  constructor(ports: PresenceWatchPorts) {
    this.#ports = ports;
  }

  add(userIds: readonly UserId[]): void {
    for (const userId of userIds) {
      this.#watching.delete(userId);
      this.#watching.add(userId);
      this.#untold.add(userId);
    }
    for (const userId of this.#watching) {
      if (this.#watching.size <= WATCHING_MAX) break;
      this.#watching.delete(userId);
      this.#untold.delete(userId);
    }
    void this.#tellNode();
  }

  /** There is a new connection. */
  renew(): void {
    for (const userId of this.#watching) this.#untold.add(userId);
    void this.#tellNode();
  }

  async #tellNode(): Promise<void> {
    if (this.#isTelling) return;
    this.#isTelling = true;
    for (let failures = 0; this.#untold.size > 0 && this.#ports.isOn();) {
      const some = [...this.#untold].slice(0, PRESENCE_USERS_MAX);
      for (const userId of some) this.#untold.delete(userId);
      try {
        const { presence } = await this.#ports.subscribe(some);
        for (const each of presence) this.#ports.tell(each);
        failures = 0;
      } catch {
        for (const userId of some) if (this.#watching.has(userId)) this.#untold.add(userId);
        failures += 1;
        const waitMs = backoffMs(RETRY, failures);
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
    this.#isTelling = false;
  }
}
