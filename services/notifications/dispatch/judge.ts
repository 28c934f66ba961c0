import type { UserId } from '#shared/ids.ts';
import { decide } from '../create/decide.ts';
import type { Recipient } from '../ports.ts';
import { BREAKS_MAX } from '../rules.ts';
import type { Settled, TakenRow } from '../store/due.ts';
import type { PreferencesRow } from '../store/preferences.ts';

const UNCHANGED = {
  reason: null,
  againInMs: null,
  notBefore: null,
  provider: null,
  template_version: null,
  locale: null,
  subject: null,
  content: null,
  variables: null,
} as const satisfies Partial<Settled>;

/** One as it was taken on, apart from what is said beside it. */
export function asTaken({ id, retry_count: retries, broken_count: broken }: TakenRow) {
  return { ...UNCHANGED, id, retries, broken };
}

/** What is settled without sending: too late, not wanted any more, or not now. Undefined: it is to be sent. */
export function judge(
  row: TakenRow,
  recipients: ReadonlyMap<UserId, Recipient>,
  wishesOf: ReadonlyMap<UserId, PreferencesRow>,
): Settled | undefined {
  const base = asTaken(row);
  // The database's moment counts: of two processes with clocks apart neither may send what the other holds back.
  if (row.expires_at !== null && row.expires_at <= row.taken_at)
    return { ...base, state: 'expired', reason: 'too_late' };
  if (row.broken_count > BREAKS_MAX) return { ...base, state: 'failed', reason: 'unreachable' };
  const recipient = recipients.get(row.recipient_id);
  const decision = decide(row, recipient, wishesOf.get(row.recipient_id), row.taken_at);
  if (!decision.tell) return { ...base, state: 'expired', reason: decision.reason };
  if (decision.notBefore === undefined) return undefined;
  // Put off it is no longer the one that others gather under: another may wait under its key by now.
  const retries = Math.max(1, row.retry_count);
  return { ...base, state: 'waiting', againInMs: 0, notBefore: decision.notBefore, retries };
}
