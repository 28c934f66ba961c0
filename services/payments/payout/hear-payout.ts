import { AppError } from '#shared/errors.ts';
import { happened } from '#shared/events/event.ts';
import { PayoutReported } from '#shared/events/payments-payouts.ts';
import { TransactionId } from '#shared/ids.ts';
import type { Claim, PaymentsPorts } from '../ports.ts';
import { findPayout, lockPayout, namePayout, type PayoutRow, recordPayoutReport } from '../store/payouts.ts';
import { audited } from '../told.ts';
import { endPayout, payoutAccounts } from './end-payout.ts';
import { payoutMismatch } from './match-payout.ts';
import type { Payout } from './payout-gateway.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'outbox' | 'clock' | 'log' | 'payoutMeters'>;

/** A report of a gateway whose signature and age are good. */
export type PayoutHeard = {
  readonly gateway: string;
  readonly reportId: string;
  readonly payout: Payout;
  readonly claimed?: Claim | undefined;
};

/**
 * Hears a gateway on a payout or a refund. A report takes effect once, in the transaction that remembers its id, so that a
 * withdrawal completes although Temporal is away; the event tells the workflow that there is nothing left to wait for.
 *
 * @throws {AppError} NOT_FOUND for a payout that we never asked for, CONFLICT for one that is not as we asked. Nothing has
 *   changed then.
 */
export function makeHearPayout(ports: Ports) {
  const { databases, outbox, log } = ports;
  const core = databases.of('core');

  return async ({ gateway, reportId, payout, claimed }: PayoutHeard): Promise<void> => {
    const known = await payoutOf(gateway, reportId, payout, claimed);
    const { transaction_id: id, kind } = known;
    const accounts = await payoutAccounts(core, known);
    const second = await core.transaction(async (tx) => {
      const locked = (await lockPayout(tx, id))!;
      // Whoever asked the gateway may have named the payout since it was looked up.
      if (payoutMismatch(locked, gateway, payout) !== undefined) return locked;
      if (!(await recordPayoutReport(tx, { gateway, reportId, transactionId: id, status: payout.status })))
        return undefined;
      // The gateway may report before it has answered the call that made the payout.
      if (locked.gateway_payout_id === null) await namePayout(tx, id, payout.id);
      if (payout.status === 'pending') return undefined;
      await endPayout(ports, tx, locked, accounts, {
        as: payout.status,
        actor: gateway,
        reason: payout.failure ?? null,
      });
      const reported = { transaction_id: id, kind, gateway, report_id: reportId, status: payout.status };
      await outbox.append(tx, { events: [happened(PayoutReported, id, reported)] });
      return undefined;
    });
    if (second !== undefined) await refuse(second, gateway, reportId, 'second_payout');
  };

  async function payoutOf(gateway: string, reportId: string, payout: Payout, claimed?: Claim): Promise<PayoutRow> {
    const reference = TransactionId.safeParse(payout.reference);
    const found = reference.success ? await findPayout(core, reference.data) : undefined;
    if (found === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such payout here' });
    const mismatch =
      payoutMismatch(found, gateway, payout) ?? payoutMismatch(found, gateway, { ...payout, ...claimed });
    return mismatch === undefined ? found : await refuse(found, gateway, reportId, mismatch);
  }

  async function refuse(row: PayoutRow, gateway: string, reportId: string, mismatch: string): Promise<never> {
    const { transaction_id: subject } = row;
    log.error({ transactionId: subject, reportId, mismatch }, 'a gateway reported another payout than was asked for');
    const entry = { actor: gateway, action: 'payments.payout_reported', subject, facts: { mismatch, reportId } };
    await core.transaction((tx) => outbox.append(tx, { audit: [audited(entry, 'refused')] }));
    throw new AppError('CONFLICT', { message: 'The payout is not as it was asked for' });
  }
}
