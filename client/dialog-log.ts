import type { SyncChange } from '#shared/contracts/messaging/sync.ts';

/** One change of a dialog, as live events and `sync` both tell it. */
export type Change = Pick<SyncChange, 'type' | 'version' | 'message'>;

/** What a log needs of one dialog of a `sync` answer. */
export type SyncedPage = {
  readonly version: number;
  readonly changes: readonly Change[];
  readonly has_more: boolean;
};

/** Changes kept that came before the ones they follow; beyond it they are let go, since `sync` brings them anyway. */
const AHEAD_MAX = 500;

/**
 * What one client has heard of one dialog, so that it hears every change, in order, once.
 *
 * Versions are dense, so a change that is not the next one means a gap. Two sources are merged: live events, which may
 * be lost, repeated or overtake each other, and pages of `sync`, which are complete but tell each changed message only
 * once, in its latest state. Both methods return what can be handed on now; those versions strictly ascend for ever.
 */
export class DialogLog {
  /** Every change up to here has been handed on, or was superseded by one that has. */
  #version: number;
  /** Live changes after a gap, by version. Each is above `#version + 1`. */
  readonly #ahead = new Map<number, Change>();

  /** @param version where to go on from: 0 for the beginning, a dialog's own version for "from now on" */
  constructor(version: number) {
    this.#version = version;
  }

  get version(): number {
    return this.#version;
  }

  /** True while something is known to be missing. */
  get hasGap(): boolean {
    return this.#ahead.size > 0;
  }

  live(change: Change): Change[] {
    if (change.version <= this.#version) return [];
    if (change.version > this.#version + 1) {
      if (this.#ahead.size >= AHEAD_MAX) this.#ahead.clear();
      this.#ahead.set(change.version, change);
      return [];
    }
    this.#version = change.version;
    return [change, ...this.#joining()];
  }

  /** @param page changes in ascending order, complete after the version that was asked for, which was ours or less */
  synced(page: SyncedPage): Change[] {
    const news = page.changes.filter(({ version }) => version > this.#version);
    const completeTo = page.has_more ? (page.changes.at(-1)?.version ?? 0) : page.version;
    this.#version = Math.max(this.#version, completeTo);
    for (const version of this.#ahead.keys()) if (version <= this.#version) this.#ahead.delete(version);
    return [...news, ...this.#joining()];
  }

  /** Starts over from a version that the server gave, when it could not continue from ours. */
  resetTo(version: number): void {
    this.#version = version;
    this.#ahead.clear();
  }

  /** Takes what was ahead and now follows without a gap. */
  #joining(): Change[] {
    const joined: Change[] = [];
    for (let next = this.#ahead.get(this.#version + 1); next !== undefined; next = this.#ahead.get(this.#version + 1)) {
      this.#ahead.delete(next.version);
      this.#version = next.version;
      joined.push(next);
    }
    return joined;
  }
}
