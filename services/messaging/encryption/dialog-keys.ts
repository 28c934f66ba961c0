import type { KeyObject } from 'node:crypto';
import { AppError } from '#shared/errors.ts';
import { type DialogId, regionOf } from '#shared/ids.ts';
import type { KeyManagement, WrappedKey } from '#shared/key-management.ts';
import type { Database, Databases } from '#shared/sql.ts';
import { MINUTE } from '#shared/time.ts';
import { type KeyRow, findKeys } from '../store/keys.ts';
import { BoundedCache } from './bounded-cache.ts';
import { type DialogKey, keyContext, keyOf, newKeyMaterial } from './dialog-key.ts';

/** The first version of a dialog's key. */
export const FIRST_KEY_VERSION = 1;
/** Rings kept unwrapped in one process: about half a kilobyte each, so 10 MB at most. */
const RINGS_MAX = 20_000;
/**
 * How long a ring is used before its rows are looked at again: so long a process may seal with a key that was rotated,
 * and read with one that was destroyed, elsewhere.
 */
const RING_FRESH_MS = MINUTE;

/** A key that was destroyed: what it sealed is gone for ever. */
export type DestroyedKey = { readonly version: number; readonly destroyedAt: Date };

/** All versions of one dialog's key, ascending. The last one seals. */
type Ring = {
  readonly keys: ReadonlyMap<number, DialogKey | DestroyedKey>;
  /** Milliseconds of the monotonic clock; from then on the rows are read again. */
  readonly staleAt: number;
};

export function isDestroyed(key: DialogKey | DestroyedKey): key is DestroyedKey {
  return 'destroyedAt' in key;
}

/**
 * The keys of dialogs, unwrapped and kept in memory for a while.
 *
 * A ring may miss a version that another process has added since; it is then read again, once. Sealing with the version
 * before the newest stays right, because old versions open as long as their rows exist. A version is unwrapped once: its
 * key never changes, only its wrapping does.
 */
export class DialogKeys {
  readonly #rings = new BoundedCache<DialogId, Ring>(RINGS_MAX);
  /** Rings being read and unwrapped, so that a dialog's first messages wait for one reading. Empty when nothing is. */
  readonly #loading = new Map<DialogId, Promise<Ring | undefined>>();
  readonly #databases: Databases;
  readonly #management: KeyManagement;
  readonly #now: () => number;

  /** @param now a monotonic clock in milliseconds */
  constructor(databases: Databases, management: KeyManagement, now: () => number = () => performance.now()) {
    this.#databases = databases;
    this.#management = management;
    this.#now = now;
  }

  /** A key for a dialog that is about to be written, wrapped. */
  async make(dialogId: DialogId): Promise<WrappedKey> {
    return await this.#management.wrap(newKeyMaterial(), keyContext(dialogId, FIRST_KEY_VERSION));
  }

  /**
   * The key that seals new messages.
   * @throws {AppError} NOT_FOUND when there is no such dialog, or its keys were destroyed.
   */
  async current(dialogId: DialogId): Promise<DialogKey> {
    const ring = this.#fresh(dialogId) ?? (await this.#load(dialogId));
    const newest = ring === undefined ? undefined : [...ring.keys.values()].at(-1);
    if (newest === undefined || isDestroyed(newest)) throw new AppError('NOT_FOUND');
    return newest;
  }

  /** The key that opens messages of this version, or when it was destroyed. @throws when there never was one. */
  async version(dialogId: DialogId, version: number): Promise<DialogKey | DestroyedKey> {
    const key = this.#fresh(dialogId)?.keys.get(version) ?? (await this.#load(dialogId))?.keys.get(version);
    if (key === undefined) throw new Error(`version ${version} of the key of dialog ${dialogId} is gone`);
    return key;
  }

  /** The keys that hash the words of dialogs. Those whose keys were destroyed have none. */
  async searchKeys(dialogIds: Iterable<DialogId>): Promise<Map<DialogId, KeyObject>> {
    const found = new Map<DialogId, KeyObject>();
    for (const id of new Set(dialogIds)) {
      const ring = this.#fresh(id) ?? (await this.#load(id));
      const newest = ring === undefined ? undefined : [...ring.keys.values()].at(-1);
      if (newest !== undefined && !isDestroyed(newest)) found.set(id, newest.search);
    }
    return found;
  }

  /** Reads the keys of many dialogs of one database in one go, before their messages are opened. */
  async prepare(database: Database, dialogIds: Iterable<DialogId>): Promise<void> {
    const missing = [...new Set(dialogIds)].filter((id) => this.#fresh(id) === undefined);
    if (missing.length > 0) await this.#read(database, missing);
  }

  #fresh(dialogId: DialogId): Ring | undefined {
    const ring = this.#rings.get(dialogId);
    return ring !== undefined && this.#now() < ring.staleAt ? ring : undefined;
  }

  #load(dialogId: DialogId): Promise<Ring | undefined> {
    const underWay = this.#loading.get(dialogId);
    if (underWay !== undefined) return underWay;
    const load = this.#read(this.#databases.of(regionOf(dialogId)), [dialogId])
      .then((rings) => rings.get(dialogId))
      .finally(() => this.#loading.delete(dialogId));
    this.#loading.set(dialogId, load);
    return load;
  }

  async #read(database: Database, dialogIds: readonly DialogId[]): Promise<Map<DialogId, Ring>> {
    const staleAt = this.#now() + RING_FRESH_MS;
    const rows = await findKeys(database, dialogIds);
    const keys = await Promise.all(rows.map((row) => this.#keyOf(row)));
    const rings = new Map<DialogId, { keys: Map<number, DialogKey | DestroyedKey>; staleAt: number }>();
    for (const [at, { dialog_id: dialogId }] of rows.entries()) {
      const ring = rings.get(dialogId) ?? { keys: new Map<number, DialogKey | DestroyedKey>(), staleAt };
      ring.keys.set(keys[at]!.version, keys[at]!);
      rings.set(dialogId, ring);
    }
    for (const [dialogId, ring] of rings) this.#rings.set(dialogId, ring);
    return rings;
  }

  async #keyOf(row: KeyRow): Promise<DialogKey | DestroyedKey> {
    const { dialog_id: dialogId, key_version: version, destroyed_at: destroyedAt } = row;
    if (destroyedAt !== null) return { version, destroyedAt };
    const known = this.#rings.get(dialogId)?.keys.get(version);
    if (known !== undefined) return known;
    const wrapped = { wrappedBy: row.wrapped_by, sealed: row.sealed };
    return keyOf(await this.#management.unwrap(wrapped, keyContext(dialogId, version)), version);
  }
}
