import type { Caller } from '#shared/caller.ts';
import type { MoneyAlert, MoneyAlertDecision, MoneyAlertsQuery } from '#shared/contracts/payments/alerts.ts';
import { AppError } from '#shared/errors.ts';
import { encodeCursor, momentAfter } from '#shared/http/paging.ts';
import { MoneyAlertId } from '#shared/ids.ts';
import { DAY } from '#shared/time.ts';
import type { PaymentsPorts } from '../ports.ts';
import { audited } from '../told.ts';
import { decideAlert, lockAlert, openAlerts } from './alert-store.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'outbox' | 'clock'>;

/** How long someone may go over a rule that ops allow them to. */
const ALLOWED_MS = DAY;

/**
 * What went over a rule and waits for ops, the longest waiting first. Each reading is audited.
 *
 * @throws {AppError} VALIDATION_ERROR for a cursor that is not ours
 */
export function makeListAlerts({ databases, outbox }: Ports) {
  const core = databases.of('core');
  return async ({ userId }: Caller, { user_id: of, cursor, limit }: MoneyAlertsQuery) => {
    const rows = await openAlerts(core, of, momentAfter(cursor, MoneyAlertId), limit + 1);
    const page = rows.slice(0, limit);
    const facts = { alerts: page.length };
    const read = audited({ actor: userId, action: 'payments.alerts_read', subject: of ?? userId, facts });
    await core.transaction((tx) => outbox.append(tx, { audit: [read] }));
    const last = page.at(-1);
    const alerts: MoneyAlert[] = page.map(({ first_at: first, last_at: latest, ...alert }) => ({
      ...alert,
      first_at: first.toISOString(),
      last_at: latest.toISOString(),
    }));
    const hasMore = rows.length > limit && last !== undefined;
    return { alerts, next_cursor: hasMore ? encodeCursor([last.first_at.getTime(), last.id]) : null };
  };
}

/**
 * Closes an alert: `allow` lets its person go over that rule for a day, `dismiss` does not. The same decision again changes
 * nothing.
 *
 * @throws {AppError} NOT_FOUND, FORBIDDEN for an alert about oneself, CONFLICT when it was decided otherwise
 */
export function makeDecideAlert({ databases, outbox, clock }: Ports) {
  return async ({ userId }: Caller, id: MoneyAlertId, decision: MoneyAlertDecision): Promise<void> => {
    const at = clock();
    await databases.of('core').transaction(async (tx) => {
      const alert = await lockAlert(tx, id);
      if (alert === undefined) throw new AppError('NOT_FOUND');
      if (alert.user_id === userId) {
        throw new AppError('FORBIDDEN', { message: 'This is about your own money: someone else must decide' });
      }
      if (alert.decision === decision) return;
      if (alert.decision !== null) throw new AppError('CONFLICT', { message: 'It was decided otherwise already' });
      await decideAlert(tx, alert, decision, { userId, at, allowedUntil: new Date(at.getTime() + ALLOWED_MS) });
      const facts = { rule: alert.rule, decision, times: alert.times };
      const entry = audited({ actor: userId, action: 'payments.alert_decided', subject: alert.user_id, facts });
      await outbox.append(tx, { audit: [entry] });
    });
  };
}
