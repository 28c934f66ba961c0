import { AppError } from '#shared/errors.ts';
import type { AuditEntry, Outbox } from '#shared/events/event.ts';
import { type DialogId, regionOf } from '#shared/ids.ts';
import type { KeyManagement } from '#shared/key-management.ts';
import type { Database, Databases, Tx } from '#shared/sql.ts';
import type { KeyWalk } from '#shared/workflows/messaging.ts';
import {
  type KeyRow,
  addKey,
  destroyKeys,
  findKeys,
  keysWrappedByOthers,
  rewrapKey,
  wearOfKeys,
} from '../store/keys.ts';
import { keyContext, rotatedMaterial } from './dialog-key.ts';

/**
 * After so many seals a key is rotated. Random nonces allow 2^30 (reliability of GCM, SP 800-38D section 8.3); what is
 * sealed but never stored (repeats, refusals) and what is sealed until the next look is not counted, so it stays far below.
 */
export const SEALS_PER_KEY_MAX = 2 ** 28;
/** Keys wrapped anew at a time: a key-management service takes some 10 ms for each of its two calls. */
const REWRAP_BATCH = 100;
/** Dialogs whose keys are looked at together: one look at two primary keys each. */
const WEAR_BATCH = 5_000;
/** Before every dialog's id. */
const NIL = '00000000-0000-0000-0000-000000000000';

type Ports = { readonly databases: Databases; readonly management: KeyManagement; readonly outbox: Outbox };

const WALK_START: KeyWalk = { database: 0, after: NIL };

/** What is done to the keys of dialogs beside using them. Every change leaves an audit entry. */
export interface KeyCare {
  /**
   * Gives a dialog a new version of its key. New messages are sealed with it within a minute on every node; older ones
   * stay readable. Two rotations at once make one version.
   * @returns the newest version
   * @throws {AppError} NOT_FOUND when there is no such dialog or its keys were destroyed
   */
  rotate(dialogId: DialogId): Promise<number>;
  /** Rotates the keys that have sealed `seals` times, of some dialogs of the walk. @returns where to go on, if anywhere */
  rotateWorn(walk?: KeyWalk, seals?: number): Promise<{ readonly rotated: number; readonly next: KeyWalk | undefined }>;
  /** Wraps some keys anew that another than the first wrapping key has wrapped. @returns how many; 0 when none is left */
  rewrap(): Promise<number>;
  /**
   * Destroys every version of a dialog's key: what was said in it is unreadable for ever, and reads as deleted. Other
   * processes may read with keys that they have unwrapped for a minute more. Repeating it changes nothing.
   */
  shred(tx: Tx, dialogId: DialogId): Promise<void>;
}

export function makeKeyCare({ databases, management, outbox }: Ports): KeyCare {
  async function rotate(dialogId: DialogId): Promise<number> {
    const database = databases.of(regionOf(dialogId));
    const newest = (await findKeys(database, [dialogId])).at(-1);
    if (newest === undefined || newest.destroyed_at !== null) throw new AppError('NOT_FOUND');
    const version = newest.key_version + 1;
    const material = rotatedMaterial(await unwrap(newest));
    const wrapped = await management.wrap(material, keyContext(dialogId, version));
    await database.transaction(async (tx) => {
      const isNew = await addKey(tx, dialogId, version, wrapped);
      if (isNew) await outbox.append(tx, { audit: [entry('messaging.key_rotated', dialogId, { version })] });
    });
    return version;
  }

  async function rotateWorn(walk: KeyWalk = WALK_START, seals = SEALS_PER_KEY_MAX) {
    const database = databases.all[walk.database];
    if (database === undefined) return { rotated: 0, next: undefined };
    const seen = await wearOfKeys(database, walk.after, seals, WEAR_BATCH);
    const worn = seen.filter((dialog) => dialog.worn);
    for (const { id } of worn) await rotate(id);
    return { rotated: worn.length, next: nextOf(walk, seen.at(-1)?.id) };
  }

  function nextOf(walk: KeyWalk, last: DialogId | undefined): KeyWalk | undefined {
    if (last !== undefined) return { database: walk.database, after: last };
    return walk.database + 1 < databases.all.length ? { database: walk.database + 1, after: NIL } : undefined;
  }

  async function rewrap(): Promise<number> {
    for (const database of databases.all) {
      const rows = await keysWrappedByOthers(database, management.wrapsBy, REWRAP_BATCH);
      if (rows.length > 0) return await rewrapAll(database, rows);
    }
    return 0;
  }

  /** @throws when not one of them could be wrapped anew; one that cannot does not hold up the others. */
  async function rewrapAll(database: Database, rows: readonly KeyRow[]): Promise<number> {
    const wrapped = await Promise.allSettled(
      rows.map(async (row) => await management.wrap(await unwrap(row), keyContext(row.dialog_id, row.key_version))),
    );
    const failed = wrapped.filter((one) => one.status === 'rejected');
    if (failed.length === rows.length) throw failed[0]!.reason;
    await database.transaction(async (tx) => {
      const audit: AuditEntry[] = [];
      for (const [at, row] of rows.entries()) {
        const one = wrapped[at]!;
        if (one.status === 'rejected' || !(await rewrapKey(tx, row, one.value))) continue;
        audit.push(
          entry('messaging.key_rewrapped', row.dialog_id, { version: row.key_version, by: management.wrapsBy }),
        );
      }
      await outbox.append(tx, { audit });
    });
    return rows.length - failed.length;
  }

  async function unwrap(row: KeyRow): Promise<Uint8Array> {
    const wrapped = { wrappedBy: row.wrapped_by, sealed: row.sealed };
    return await management.unwrap(wrapped, keyContext(row.dialog_id, row.key_version));
  }

  return {
    rotate,
    rotateWorn,
    rewrap,
    shred: async (tx, dialogId) => {
      const versions = await destroyKeys(tx, dialogId);
      if (versions > 0) await outbox.append(tx, { audit: [entry('messaging.keys_destroyed', dialogId, { versions })] });
    },
  };
}

function entry(action: string, dialogId: DialogId, facts: NonNullable<AuditEntry['facts']>): AuditEntry {
  return { actor: 'system', action, subject: dialogId, region: regionOf(dialogId), outcome: 'ok', facts };
}
