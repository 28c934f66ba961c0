import type { Outbox } from '#shared/events/event.ts';
import type { Bytes } from '#shared/http/call.ts';
import type { Brand } from '#shared/ids.ts';
import type { KeyManagement } from '#shared/key-management.ts';
import type { Region } from '#shared/regions.ts';
import type { Databases } from '#shared/sql.ts';
import type { Clock } from '#shared/time.ts';
import type { Revocations } from '../revocations.ts';
import type { Tokens } from '../tokens.ts';

/** The name of an object with a part of an export: a UUIDv7 of its own. */
export type PartId = Brand<string, 'PartId'>;

/** Where the parts of exports are kept: the media store of the person's region. Each call may be repeated. */
export interface PartStore {
  put(region: Region, id: PartId, bytes: Uint8Array): Promise<void>;
  get(region: Region, id: PartId): Promise<Bytes | undefined>;
  delete(region: Region, id: PartId): Promise<void>;
}

/** How long people may think better of it, and how long an export is kept; milliseconds. */
export type PrivacyTimes = {
  /** The setting ACCOUNT_DELETION_GRACE. */
  readonly deletionGraceMs: number;
  /** The setting ERASURE_GRACE. */
  readonly erasureGraceMs: number;
  /** The setting ERASURE_ASK_AGAIN_AFTER. */
  readonly askAgainAfterMs: number;
  /** The setting EXPORT_KEPT_FOR. */
  readonly exportKeptForMs: number;
};

export type PrivacyPorts = {
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly tokens: Pick<Tokens, 'verifyStepUp'>;
  readonly revocations: Pick<Revocations, 'announce'>;
  readonly parts: PartStore;
  readonly keyManagement: KeyManagement;
  readonly times: PrivacyTimes;
  readonly clock: Clock;
};
