import { AppError } from '#shared/errors.ts';
import { happened } from '#shared/events/event.ts';
import { ChargeReported } from '#shared/events/payments.ts';
import { TransactionId } from '#shared/ids.ts';
import { houseAccountId } from '../ledger/house-accounts.ts';
import { makeHearPayout } from '../payout/hear-payout.ts';
import type { Charge, PaymentsPorts } from '../ports.ts';
import { type DepositRow, findDeposit, lockDeposit, nameCharge, recordReport } from '../store/charges.ts';
import { audited } from '../told.ts';
import { gatewayOf } from './collect-charge.ts';
import { endDeposit } from './end-deposit.ts';
import { mismatchOf } from './match-charge.ts';

type Ports = Pick<
  PaymentsPorts,
  'databases' | 'outbox' | 'clock' | 'log' | 'gateways' | 'gatewayMeters' | 'payoutMeters' | 'refundGateways'
>;

export type GatewayWebhook = {
  readonly gateway: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
};

/**
 * Hears a gateway. A report takes effect once, in the transaction that remembers its id, so that a deposit completes
 * although Temporal is away; the event tells the workflow that there is nothing left to wait for. That another charge than
 * the deposit's own came to nothing ends nothing, and is audited.
 *
 * @throws {AppError} UNAUTHORIZED for a wrong or old signature, NOT_FOUND for a charge that we never asked for, CONFLICT
 *   for one that is not as we asked. Nothing has changed then.
 */
export function makeReceiveWebhook(ports: Ports) {
  const { databases, outbox, clock, log, gateways } = ports;
  const core = databases.of('core');
  const hearPayout = makeHearPayout(ports);

  return async ({ gateway: name, headers, body }: GatewayWebhook): Promise<void> => {
    const report = await gatewayOf(gateways, name).readWebhook(headers, body, clock());
    const { id: reportId, charge, kind, payout, claimed } = report;
    if (payout !== undefined) return await hearPayout({ gateway: name, reportId, payout, claimed });
    if (charge === undefined) {
      log.info({ gateway: name, reportId, kind }, 'a report that concerns no charge');
      return;
    }
    const deposit = await depositOf(charge);
    const clearingId = await houseAccountId(core, {
      kind: 'gateway_clearing',
      owner: deposit.gateway,
      currency: deposit.currency,
    });
    await core.transaction(async (tx) => {
      const locked = await lockDeposit(tx, deposit.id);
      const report = { gateway: name, reportId, transactionId: deposit.id, status: charge.status };
      if (!(await recordReport(tx, report))) return;
      // The gateway may report before it has answered the call that made the charge.
      await nameCharge(tx, deposit.id, charge, clock());
      if (charge.status === 'pending') return;
      if (charge.status !== 'paid') {
        // Read after the naming, which waits for whoever names it meanwhile.
        const named = await findDeposit(tx, deposit.id);
        if (named?.gateway_charge_id !== charge.id) {
          const entry = { actor: name, action: 'payments.charge_reported', subject: deposit.id };
          const facts = { mismatch: 'second_charge', reportId };
          await outbox.append(tx, { audit: [audited({ ...entry, facts }, 'refused')] });
          log.error({ transactionId: deposit.id, reportId, chargeId: charge.id }, 'another charge of a deposit failed');
          return;
        }
      }
      if (charge.status === 'paid' && locked?.status === 'completed' && locked.gateway_charge_id !== charge.id) {
        log.error(
          { transactionId: deposit.id, reportId, chargeId: charge.id },
          'a deposit was paid by a second charge',
        );
      }
      const end = { as: charge.status, actor: name, reason: charge.failure ?? null };
      const reached = await endDeposit(ports, tx, locked!, clearingId, end);
      const reported = {
        transaction_id: deposit.id,
        gateway: name,
        report_id: reportId,
        status: charge.status,
        transaction_status: reached,
      };
      await outbox.append(tx, { events: [happened(ChargeReported, deposit.id, reported)] });
    });

    async function depositOf(charge: Charge): Promise<DepositRow> {
      const reference = TransactionId.safeParse(charge.reference);
      const found = reference.success ? await findDeposit(core, reference.data) : undefined;
      if (found === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such charge here' });
      const mismatch = mismatchOf(found, name, charge) ?? mismatchOf(found, name, { ...charge, ...claimed });
      if (mismatch === undefined) return found;
      log.error(
        { transactionId: found.id, reportId, mismatch },
        'a gateway reported something else than was asked for',
      );
      const facts = { mismatch, reportId };
      const refused = audited({ actor: name, action: 'payments.charge_reported', subject: found.id, facts }, 'refused');
      await core.transaction((tx) => outbox.append(tx, { audit: [refused] }));
      throw new AppError('CONFLICT', { message: 'The charge is not as it was asked for' });
    }
  };
}
