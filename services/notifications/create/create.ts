import type { NotificationType } from '#shared/contracts/notifications/notification.ts';
import { regionOf, type UserId } from '#shared/ids.ts';
import type { Database, Tx } from '#shared/sql.ts';
import type { NotificationsPorts } from '../ports.ts';
import type { NotificationRow } from '../store/notifications.ts';
import type { Refusal } from './decide.ts';
import { plan } from './plan.ts';
import { record } from './record.ts';
import type { Wanted } from './wanted.ts';

export type Suppressed = {
  readonly recipientId: UserId;
  readonly type: NotificationType;
  readonly reason: Refusal;
};

/** What came of it: nothing of what was told before. */
export type Created = { readonly rows: readonly NotificationRow[]; readonly suppressed: readonly Suppressed[] };

/** A transaction of the caller. */
export type CallersTx = {
  readonly tx: Tx;
  /** Of which database; where it is not said it is only known when there is but one. */
  readonly home?: Database;
};

export type Create = (wanted: readonly Wanted[], callers?: CallersTx) => Promise<Created>;

export type CreatePorts = Pick<
  NotificationsPorts,
  'databases' | 'outbox' | 'recipients' | 'facts' | 'templates' | 'meters' | 'clock'
>;

/**
 * The one place where notifications are made, of events and of calls.
 *
 * Each lands in the database of its recipient's home: in the caller's transaction where that is one of it, otherwise in one
 * of its own, and then it is the unique row of what was told that makes a repeat harmless.
 */
export function makeCreate(ports: CreatePorts): Create {
  const { databases, meters } = ports;

  async function atHome(home: Database, wanted: readonly Wanted[], tx: Tx | undefined): Promise<Created> {
    const { plans, suppressed } = await plan(ports, tx ?? home, wanted);
    const rows = await (tx === undefined
      ? home.transaction((own) => record(ports, own, plans))
      : record(ports, tx, plans));
    for (const { reason } of suppressed) meters.suppressed(reason);
    for (const row of rows) {
      meters.created(row.type, row.channel);
      if (row.reason === 'over_cap') meters.suppressed('over_cap');
    }
    return { rows, suppressed };
  }

  return async (wanted, callers) => {
    const ofCaller = callers?.home ?? (databases.all.length === 1 ? databases.all[0] : undefined);
    const byHome = Map.groupBy(wanted, ({ recipientId }) => databases.of(regionOf(recipientId)));
    const parts = await Promise.all(
      Array.from(byHome, ([home, own]) => atHome(home, own, home === ofCaller ? callers?.tx : undefined)),
    );
    return {
      rows: parts.flatMap(({ rows }) => rows),
      suppressed: parts.flatMap(({ suppressed }) => suppressed),
    };
  };
}
