import { AppError } from '#shared/errors.ts';
import { type DialogId, regionOf } from '#shared/ids.ts';
import type { Database, Databases } from '#shared/sql.ts';
import type { KeyManagement, WrappedKey } from '../ports.ts';
import { type KeyRow, findKeys } from '../store/keys.ts';
import { BoundedCache } from './bounded-cache.ts';
import { type DialogKey, keyContext, keyOf, newKeyMaterial } from './dialog-key.ts';

/** The first version of a dialog's key. */
export const FIRST_KEY_VERSION = 1;
/** Rings kept unwrapped in one process: about half a kilobyte each, so 10 MB at most. */
const RINGS_MAX = 20_000;

/** All versions of one dialog's key. The last one seals. */
type Ring = ReadonlyMap<number, DialogKey>;

/**
 * The keys of dialogs, unwrapped and kept in memory for a while.
 *
 * A ring may miss a version that another process has added since; it is then read again, once. Sealing with the version
 * before the newest stays right, because old versions open as long as their rows exist.
 */
export class DialogKeys {
  readonly #rings = new BoundedCache<DialogId, Ring>(RINGS_MAX);
  /** Rings being read and unwrapped, so that a dialog's first messages wait for one reading. Empty when nothing is. */
  readonly #loading = new Map<DialogId, Promise<Ring | undefined>>();
  readonly #databases: Databases;
  readonly #management: KeyManagement;

  constructor(databases: Databases, management: KeyManagement) {
    this.#databases = databases;
    this.#management = management;
  }

  /** A key for a dialog that is about to be written, wrapped. */
  async make(dialogId: DialogId): Promise<WrappedKey> {
    return await this.#management.wrap(newKeyMaterial(), keyContext(dialogId, FIRST_KEY_VERSION));
  }

  /**
   * The key that seals new messages.
   * @throws {AppError} NOT_FOUND when there is no such dialog.
   */
  async current(dialogId: DialogId): Promise<DialogKey> {
    const ring = this.#rings.get(dialogId) ?? (await this.#load(dialogId));
    const newest = ring === undefined ? undefined : [...ring.values()].at(-1);
    if (newest === undefined) throw new AppError('NOT_FOUND');
    return newest;
  }

  /** The key that opens messages of this version. @throws when it was destroyed. */
  async version(dialogId: DialogId, version: number): Promise<DialogKey> {
    const key = this.#rings.get(dialogId)?.get(version) ?? (await this.#load(dialogId))?.get(version);
    if (key === undefined) throw new Error(`version ${version} of the key of dialog ${dialogId} is gone`);
    return key;
  }

  /** Reads the keys of many dialogs of one database in one go, before their messages are opened. */
  async prepare(database: Database, dialogIds: Iterable<DialogId>): Promise<void> {
    const missing = [...new Set(dialogIds)].filter((id) => this.#rings.get(id) === undefined);
    if (missing.length > 0) await this.#read(database, missing);
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
    const rows = await findKeys(database, dialogIds);
    const keys = await Promise.all(rows.map((row) => this.#unwrap(row)));
    const rings = new Map<DialogId, Map<number, DialogKey>>();
    for (const [at, { dialog_id: dialogId }] of rows.entries()) {
      const ring = rings.get(dialogId) ?? new Map<number, DialogKey>();
      ring.set(keys[at]!.version, keys[at]!);
      rings.set(dialogId, ring);
    }
    for (const [dialogId, ring] of rings) this.#rings.set(dialogId, ring);
    return rings;
  }

  async #unwrap(row: KeyRow): Promise<DialogKey> {
    const wrapped = { wrappedBy: row.wrapped_by, sealed: row.sealed };
    const material = await this.#management.unwrap(wrapped, keyContext(row.dialog_id, row.key_version));
    return keyOf(material, row.key_version);
  }
}
