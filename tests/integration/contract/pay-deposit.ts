import { makeOutbox } from '#infrastructure/events/outbox.ts';
import { endDeposit } from '#services/payments/deposit/end-deposit.ts';
import { houseAccountId } from '#services/payments/ledger/house-accounts.ts';
import { findDeposit, lockDeposit, nameCharge } from '#services/payments/store/charges.ts';
import type { TransactionId } from '#shared/ids.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import type { Contract } from './open-contract.ts';

/** Lets a deposit arrive, as the webhook of its gateway would. */
export async function payDeposit({ databases }: Pick<Contract, 'databases'>, id: string): Promise<void> {
  const core = databases.of('core');
  const clock = () => new Date();
  const depositId = id as TransactionId;
  const { gateway, currency } = (await findDeposit(core, depositId))!;
  const clearingId = await houseAccountId(core, { kind: 'gateway_clearing', owner: gateway, currency });
  await core.transaction(async (tx) => {
    const charge = { id: `chrg_${id}`, pageUrl: undefined, qrCode: undefined, account: undefined };
    await nameCharge(tx, depositId, charge, clock());
    const deposit = (await lockDeposit(tx, depositId))!;
    const end = { as: 'paid', actor: gateway, reason: null } as const;
    await endDeposit({ clock, outbox: makeOutbox(), log: quietLog, refundGateways: [] }, tx, deposit, clearingId, end);
  });
}
