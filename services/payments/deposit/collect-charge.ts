import type { TransactionStatus } from '#shared/contracts/payments/transaction.ts';
import { AppError } from '#shared/errors.ts';
import type { TransactionId } from '#shared/ids.ts';
import { houseAccountId } from '../ledger/house-accounts.ts';
import type { Charge, Declined, PaymentGateway, PaymentsPorts } from '../ports.ts';
import { type DepositRow, findDeposit, lockDeposit, markAsked, nameCharge } from '../store/charges.ts';
import { audited } from '../told.ts';
import { endDeposit } from './end-deposit.ts';
import { mismatchOf } from './match-charge.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'outbox' | 'clock' | 'log' | 'gateways' | 'publicUrl'>;

/** Who ends a deposit when its workflow asked the gateway. */
const ACTOR = 'deposit';

/**
 * The steps of the deposit workflow. Each may run any number of times, and answers the status that the deposit has then.
 * A gateway that does not answer leaves the charge unknown: the step throws UPSTREAM_UNAVAILABLE, and the next try asks
 * for the charge by our reference before it asks for a new one.
 */
export function makeCollectCharge(ports: Ports) {
  const { databases, outbox, clock, log, gateways, publicUrl } = ports;
  const core = databases.of('core');

  /** Makes the charge at the gateway, once. */
  async function createCharge(id: TransactionId): Promise<TransactionStatus> {
    const deposit = await existing(id);
    if (isEnded(deposit) || deposit.gateway_charge_id !== null) return deposit.status;
    const gateway = gatewayOf(gateways, deposit.gateway);
    const first = await markAsked(core, id, clock());
    const found = first ? undefined : await gateway.find(id, deposit.asked_at ?? deposit.created_at);
    const charge =
      found ??
      (await gateway.create({
        reference: id,
        money: { minor: deposit.amount, currency: deposit.currency },
        method: deposit.payment_method,
        description: deposit.description ?? undefined,
        returnUrl: `${publicUrl}/`,
      }));
    return await believe(deposit, charge);
  }

  /** Asks the gateway how the charge stands, for when no webhook told. */
  async function checkCharge(id: TransactionId): Promise<TransactionStatus> {
    const deposit = await existing(id);
    if (isEnded(deposit)) return deposit.status;
    if (deposit.gateway_charge_id === null) return await createCharge(id);
    const charge = await gatewayOf(gateways, deposit.gateway).fetch(deposit.gateway_charge_id);
    // A gateway that has lost the charge may find it again; if not, the deposit expires in its time.
    return charge === undefined ? deposit.status : await believe(deposit, charge);
  }

  /** Ends the wait for the payer, unless the gateway, asked a last time, has been paid after all. */
  async function expireCharge(id: TransactionId): Promise<TransactionStatus> {
    const deposit = await existing(id);
    if (isEnded(deposit)) return deposit.status;
    const gateway = gatewayOf(gateways, deposit.gateway);
    const chargeId = deposit.gateway_charge_id ?? (await forgottenCharge(gateway, deposit));
    const charge = chargeId === undefined ? undefined : await gateway.expire(chargeId);
    const status = charge === undefined ? deposit.status : await believe(deposit, charge);
    if (status !== 'pending') return status;
    return await end(deposit, { as: 'expired', reason: 'not_paid_in_time' });
  }

  /** A charge that may have been made though we never heard its id. */
  async function forgottenCharge(gateway: PaymentGateway, deposit: DepositRow): Promise<string | undefined> {
    if (deposit.asked_at === null) return undefined;
    return (await gateway.find(deposit.id, deposit.asked_at))?.id;
  }

  async function believe(deposit: DepositRow, charge: Charge | Declined): Promise<TransactionStatus> {
    if (charge.status === 'declined') return await end(deposit, { as: 'failed', reason: charge.failure });
    const mismatch = mismatchOf(deposit, deposit.gateway, charge);
    if (mismatch !== undefined) {
      log.error({ transactionId: deposit.id, chargeId: charge.id, mismatch }, 'a charge is not as it was asked for');
      const refused = audited(
        { actor: ACTOR, action: 'payments.charge_reported', subject: deposit.id, facts: { mismatch } },
        'refused',
      );
      await core.transaction((tx) => outbox.append(tx, { audit: [refused] }));
      return deposit.status;
    }
    if (deposit.gateway_charge_id === null) await nameCharge(core, deposit.id, charge.id, charge.pageUrl);
    if (charge.status === 'pending') return deposit.status;
    return await end(deposit, { as: charge.status, reason: charge.failure ?? null });
  }

  async function end(
    deposit: DepositRow,
    how: { readonly as: 'paid' | 'failed' | 'expired'; readonly reason: string | null },
  ): Promise<TransactionStatus> {
    const clearingId = await clearingAccountId(deposit);
    return await core.transaction(async (tx) => {
      const locked = await lockDeposit(tx, deposit.id);
      return await endDeposit(ports, tx, locked!, clearingId, { ...how, actor: ACTOR });
    });
  }

  function clearingAccountId({ gateway, currency }: DepositRow): Promise<string> {
    return houseAccountId(core, { kind: 'gateway_clearing', owner: gateway, currency });
  }

  async function existing(id: TransactionId): Promise<DepositRow> {
    const deposit = await findDeposit(core, id);
    if (deposit === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such deposit' });
    return deposit;
  }

  return { createCharge, checkCharge, expireCharge };
}

export function gatewayOf(gateways: readonly PaymentGateway[], name: string): PaymentGateway {
  const gateway = gateways.find((gateway) => gateway.name === name);
  if (gateway === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such gateway' });
  return gateway;
}

function isEnded(deposit: DepositRow): boolean {
  return deposit.status !== 'pending' && deposit.status !== 'processing';
}
