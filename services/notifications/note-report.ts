import { type NotificationId, regionOf } from '#shared/ids.ts';
import type { NotificationsPorts } from './ports.ts';
import { applyReport, sendAgain } from './store/due.ts';
import type { State } from './store/notifications.ts';
import { stateReached } from './told.ts';

/** What a provider reported about a notification it has taken. */
export type DeliveryReport = {
  readonly notificationId: NotificationId;
  readonly status: 'delivered' | 'failed';
  /** A word of ours for why it did not arrive. */
  readonly reason?: string;
  /** Of a failure: another provider of its way is left, so that it is sent again if it is still news. */
  readonly goesOn?: boolean;
};

/** A report may overtake the answer to the call that it is about. */
const FROM_DELIVERED: readonly State[] = ['sent', 'sending', 'failed'];
const FROM_FAILED: readonly State[] = ['sent'];

/**
 * Takes over what a provider says became of a notification. The same report again, and one of a failure after the arrival,
 * changes nothing.
 *
 * @returns whether it said something new
 */
export function makeNoteReport({
  databases,
  outbox,
  meters,
}: Pick<NotificationsPorts, 'databases' | 'outbox' | 'meters'>) {
  return async (report: DeliveryReport): Promise<boolean> => {
    const { notificationId: id, status, reason = 'undelivered', goesOn = false } = report;
    const isFailure = status === 'failed';
    const row = await databases.of(regionOf(id)).transaction(async (tx) => {
      const again = isFailure && goesOn ? await sendAgain(tx, id) : undefined;
      if (again !== undefined) return again;
      const from = isFailure ? FROM_FAILED : FROM_DELIVERED;
      const changed = await applyReport(tx, id, status, isFailure ? reason.slice(0, 200) : null, from);
      if (changed !== undefined) await outbox.append(tx, { events: stateReached(changed) });
      return changed;
    });
    if (row !== undefined && row.state !== 'waiting') meters.ended(row.type, status, row.provider ?? 'none');
    return row !== undefined;
  };
}
