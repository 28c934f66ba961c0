import type { WireDialog } from '#shared/contracts/messaging/dialog.ts';
import {
  SYNC_DIALOGS_MAX,
  SYNC_LIMIT_MAX,
  type SyncedDialog,
  type SyncReply,
} from '#shared/contracts/messaging/sync.ts';
import { AppError } from '#shared/errors.ts';
import type { DialogId } from '#shared/ids.ts';
import type { Payload } from '#shared/sockets/client-events.ts';
import type { ServerEvent } from '#shared/sockets/server-events.ts';
import { SECOND } from '#shared/time.ts';
import { backoffMs } from './backoff.ts';
import { type Change, DialogLog } from './dialog-log.ts';

export type SyncPorts = {
  /** @throws {AppError} as the connection does */
  readonly sync: (request: Payload<'sync'>) => Promise<SyncReply>;
  readonly isOn: () => boolean;
  /** The next changes of a dialog, in order. */
  readonly deliver: (dialogId: DialogId, changes: readonly Change[]) => void;
  readonly receipts: (dialogId: DialogId, receipts: SyncedDialog['receipts']) => void;
  readonly joined: (dialog: WireDialog) => void;
  readonly left: (dialogId: DialogId) => void;
  /** The server could not continue from the client's version: what it has of the dialog is to be fetched afresh. */
  readonly reset: (dialogId: DialogId) => void;
  /** All that was missed has been delivered. */
  readonly caughtUp: () => void;
};

/** How long what overtook may be ahead of what it overtook, before the gap is asked about: nodes emit side by side. */
const GAP_CLOSES_WITHIN_MS = 150;
const RETRY = { firstMs: 300, maxMs: 10 * SECOND };

/**
 * Sees to it that every dialog is complete.
 *
 * Live events go straight through the logs. A dialog is **behind** when it has a gap that did not close by itself, when
 * a beacon tells of more, or when it was not synced on this connection yet; dialogs that are behind are synced, one call
 * at a time, until none is. What arrives live in the meantime is merged by version.
 */
export class SyncLoop {
  readonly #ports: SyncPorts;
  readonly #logs = new Map<DialogId, DialogLog>();
  /** Those of which the listener was told. A message may come before the news of its dialog. */
  readonly #told = new Set<DialogId>();
  readonly #behind = new Set<DialogId>();
  /** Dialogs that may still close their gap by themselves, with the highest version that was heard of. */
  readonly #heardOf = new Map<DialogId, number>();
  /** True until this connection's first answer, which also tells of dialogs that we do not know. */
  #isFirst = true;
  /** True before the first answer of this client's life: what it does not know then is not new. */
  #isFresh: boolean;
  #isRunning = false;
  #failures = 0;
  #isClosed = false;

  /** @param known where an earlier run of this client got to */
  constructor(ports: SyncPorts, known: ReadonlyMap<DialogId, number> = new Map()) {
    this.#ports = ports;
    for (const [dialogId, version] of known) {
      this.#logs.set(dialogId, new DialogLog(version));
      this.#told.add(dialogId);
    }
    this.#isFresh = known.size === 0;
  }

  /** How far each dialog is complete, to be kept for the next run. */
  get versions(): Map<DialogId, number> {
    return new Map([...this.#logs].map(([dialogId, log]) => [dialogId, log.version]));
  }

  /** There is a new connection: everything may have been missed. */
  connected(): void {
    this.#isFirst = true;
    for (const dialogId of this.#logs.keys()) this.#behind.add(dialogId);
    void this.#run();
  }

  close(): void {
    this.#isClosed = true;
  }

  live(change: ServerEvent<'message:new'>, type: Change['type']): void {
    const { dialog_id: dialogId, version, message } = change;
    const log = this.#logOf(dialogId);
    this.#deliver(dialogId, log.live({ type, version, message }));
    if (log.hasGap) this.#expect(dialogId, version);
  }

  beacon({ dialogs }: ServerEvent<'beacon'>): void {
    for (const { dialog_id: dialogId, version } of dialogs) {
      if (this.#logOf(dialogId).version < version) this.#expect(dialogId, version);
    }
  }

  /** The user is now in a dialog that began, or that they joined, while we listen. */
  joined(dialog: WireDialog): void {
    const log = this.#enter(dialog, 0);
    if (log.version < dialog.version) this.#expect(dialog.id, dialog.version);
  }

  /** The user is no longer in a dialog. What is still heard of it makes the next sync tell so again. */
  left(dialogId: DialogId): void {
    this.#behind.delete(dialogId);
    this.#logs.delete(dialogId);
    if (this.#told.delete(dialogId)) this.#ports.left(dialogId);
  }

  #logOf(dialogId: DialogId): DialogLog {
    let log = this.#logs.get(dialogId);
    if (log === undefined) {
      // Heard of before we were told that we are in it: complete it from its beginning, as far as a page goes.
      log = new DialogLog(0);
      this.#logs.set(dialogId, log);
    }
    return log;
  }

  #deliver(dialogId: DialogId, changes: readonly Change[]): void {
    if (changes.length > 0) this.#ports.deliver(dialogId, changes);
  }

  /** Unless the dialog gets to this version by itself within a moment, it is behind. */
  #expect(dialogId: DialogId, version: number): void {
    const heard = this.#heardOf.get(dialogId);
    this.#heardOf.set(dialogId, Math.max(heard ?? 0, version));
    if (heard !== undefined) return;
    setTimeout(() => {
      const expected = this.#heardOf.get(dialogId) ?? 0;
      this.#heardOf.delete(dialogId);
      const log = this.#logs.get(dialogId);
      if (log === undefined || log.version >= expected) return;
      this.#behind.add(dialogId);
      void this.#run();
    }, GAP_CLOSES_WITHIN_MS);
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    while (this.#ports.isOn() && !this.#isClosed && (this.#isFirst || this.#behind.size > 0)) {
      try {
        await this.#once();
        this.#failures = 0;
        if (!this.#isFirst && this.#behind.size === 0) this.#ports.caughtUp();
      } catch {
        this.#failures += 1;
        const waitMs = backoffMs(RETRY, this.#failures);
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
    this.#isRunning = false;
  }

  async #once(): Promise<void> {
    const wasFirst = this.#isFirst;
    const before = new Map(Array.from(this.#behind, (dialogId) => [dialogId, this.#logs.get(dialogId)?.version]));
    // All that we know are named, those behind first: the answer describes at length every dialog that is not.
    const unknown = [...this.#behind].filter((dialogId) => !this.#told.has(dialogId));
    const asked = [...new Set([...this.#behind, ...this.#logs.keys()])]
      .filter((dialogId) => this.#told.has(dialogId))
      .slice(0, SYNC_DIALOGS_MAX);
    const reply = await this.#ports.sync({
      dialogs: asked.map((dialogId) => ({
        dialog_id: dialogId,
        after_version: this.#logs.get(dialogId)?.version ?? 0,
      })),
      limit: SYNC_LIMIT_MAX,
    });
    for (const dialog of reply.dialogs) this.#take(dialog);
    for (const dialogId of reply.left) this.left(dialogId);
    // Of a client that knew nothing all dialogs are unknown, and their past is read by history rather than delivered.
    for (const dialog of reply.joined) {
      const log = this.#enter(dialog, this.#isFresh ? dialog.version : 0);
      if (log.version < dialog.version) this.#behind.add(dialog.id);
    }
    // Heard of and yet not among the joined, of which an answer holds only so many: the next call names it.
    for (const dialogId of unknown) this.#told.add(dialogId);
    this.#isFresh = false;
    if (wasFirst) this.#isFirst = false;
    // An answer that brings nobody forward is not asked for again at once.
    const stuck = [...before].every(([id, version]) => this.#behind.has(id) && this.#logs.get(id)?.version === version);
    if (before.size > 0 && stuck) throw new AppError('RETRY_LATER');
  }

  #take(page: SyncedDialog): void {
    const dialogId = page.dialog_id;
    const log = this.#logOf(dialogId);
    if (page.reset) {
      log.resetTo(page.version);
      this.#behind.delete(dialogId);
      this.#ports.reset(dialogId);
      return;
    }
    this.#deliver(dialogId, log.synced(page));
    if (page.receipts.length > 0) this.#ports.receipts(dialogId, page.receipts);
    if (!page.has_more && !log.hasGap) this.#behind.delete(dialogId);
  }

  /** @param from the version to go on from, where we have not heard more already */
  #enter(dialog: WireDialog, from: number): DialogLog {
    const log = this.#logOf(dialog.id);
    if (this.#told.has(dialog.id)) return log;
    this.#told.add(dialog.id);
    this.#ports.joined(dialog);
    this.#deliver(dialog.id, log.synced({ version: from, changes: [], has_more: false }));
    return log;
  }
}
