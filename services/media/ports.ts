import type { Outbox } from '#shared/events/event.ts';
import type { Bytes } from '#shared/http/call.ts';
import type { Idempotency } from '#shared/http/idempotency.ts';
import type { Brand, DialogId, UserId } from '#shared/ids.ts';
import type { KeyManagement } from '#shared/key-management.ts';
import type { Log } from '#shared/log.ts';
import type { Region } from '#shared/regions.ts';
import type { Databases } from '#shared/sql.ts';
import type { Clock } from '#shared/time.ts';

/** Where an object is kept: a media id, or one with `.thumb` behind it. Nothing else, so a key is safe in any path. */
export type ObjectKey = Brand<string, 'ObjectKey'>;

/** Bytes from `start` to `end`, both included. */
export type ByteRange = { readonly start: number; readonly end: number };

/**
 * Keeps objects. Two drivers fulfil it, a local disk and an S3-compatible store, and pass one contract test.
 *
 * @throws {AppError} UPSTREAM_UNAVAILABLE from every call while the store cannot be reached or is full
 */
export interface MediaStore {
  /**
   * Keeps an object whole or not at all, durably when it returns, in the place of an older one under the key. A key is
   * put by one caller at a time.
   */
  put(key: ObjectKey, bytes: Uint8Array): Promise<void>;
  /** The object, or the part of it within `range`; undefined when there is none. */
  get(key: ObjectKey, range?: ByteRange): Promise<Bytes | undefined>;
  /** Harmless when there is none. Whatever an interrupted `put` left goes too. */
  delete(key: ObjectKey): Promise<void>;
}

/** Which store holds what: files are personal data, so they stay in their owner's region. */
export interface MediaStores {
  of(region: Region): MediaStore;
}

/** Makes small still pictures, off the event loop. */
export interface Thumbnailer {
  /**
   * A WebP of at most 320 pixels a side, upright, without metadata; of a moving picture its first frame.
   *
   * @throws {AppError} VALIDATION_ERROR when the picture cannot be read or has too many pixels, RETRY_LATER when too many
   *   wait
   */
  make(picture: Uint8Array): Promise<Uint8Array>;
}

/** Who is in which dialog. Fulfilled by messaging. */
export interface Dialogs {
  isMemberOfAny(userId: UserId, dialogIds: readonly DialogId[]): Promise<boolean>;
}

export type MediaPorts = {
  /** A file's row lives in its owner's region. */
  readonly databases: Databases;
  readonly stores: MediaStores;
  readonly keyManagement: KeyManagement;
  readonly thumbnailer: Thumbnailer;
  readonly dialogs: Dialogs;
  readonly outbox: Outbox;
  readonly idempotency: Idempotency;
  readonly clock: Clock;
  readonly log: Log;
  /** What one person may have stored at a time, in bytes. */
  readonly bytesPerUserMax: number;
};
