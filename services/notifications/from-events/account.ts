import {
  AccountReinstated,
  AccountRestored,
  AccountSuspended,
  ErasureRequested,
  ExportReady,
} from '#shared/events/account-life.ts';
import { AuditRecorded } from '#shared/events/audit.ts';
import { dataOf, type StoredEvent } from '#shared/events/event.ts';
import { UserId } from '#shared/ids.ts';
import type { Wanted } from '../create/wanted.ts';
import { type Mapping, tellsOf } from './mapping.ts';

/** There is no event of its own for it: the entry that auditors find tells of it. */
const APPEAL_REJECTED = 'auth.account_appeal_rejected';

const about = tellsOf('account', { channel: 'account', priority: 'high' });

/** @param exportKeptForMs how long an export can be fetched once it is ready */
export function accountLife({ exportKeptForMs }: { readonly exportKeptForMs: number }): Mapping {
  return {
    types: [
      AccountSuspended.type,
      AccountReinstated.type,
      AccountRestored.type,
      ErasureRequested.type,
      ExportReady.type,
      AuditRecorded.type,
    ],
    wanted: (event) => {
      const suspended = dataOf(AccountSuspended, event);
      if (suspended !== undefined) return [about(event, suspended.user_id, 'suspended')];
      const restored = dataOf(AccountRestored, event);
      // Taken back from a deletion, and suspended as it was under it.
      if (restored?.is_suspended === true) return [about(event, restored.user_id, 'suspended')];
      const back = restored ?? dataOf(AccountReinstated, event);
      if (back !== undefined) return [about(event, back.user_id, 'restored')];
      const erasure = dataOf(ErasureRequested, event);
      if (erasure !== undefined) {
        return [about(event, erasure.user_id, 'deletion_scheduled', { at: erasure.erase_at })];
      }
      const ready = dataOf(ExportReady, event);
      if (ready !== undefined) {
        const at = new Date(event.occurredAt.getTime() + exportKeptForMs).toISOString();
        return [about(event, ready.user_id, 'export_ready', { at }, { request_id: ready.request_id })];
      }
      return decided(event);
    },
  };
}

function decided(event: StoredEvent): Wanted[] {
  const entry = dataOf(AuditRecorded, event);
  const userId = UserId.safeParse(entry?.subject);
  if (entry?.action !== APPEAL_REJECTED || !userId.success) return [];
  return [about(event, userId.data, 'appeal_decided', { accepted: false })];
}
