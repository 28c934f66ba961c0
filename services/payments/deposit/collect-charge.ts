import type { TransactionStatus } from '#shared/contracts/payments/transaction.ts';
import { AppError } from '#shared/errors.ts';
import type { TransactionId } from '#shared/ids.ts';
import { houseAccountId } from '../ledger/house-accounts.ts';
import { methodOf, type Route } from '../methods.ts';
import type { Charge, Declined, NewCharge, NotMade, PaymentGateway, PaymentsPorts } from '../ports.ts';
import { askAttemptAgain, beginAttempt, endAttempt, findOpenAttempt } from '../store/charge-attempts.ts';
import { type DepositRow, findDeposit, lockDeposit, nameCharge } from '../store/charges.ts';
import { audited } from '../told.ts';
import { endDeposit } from './end-deposit.ts';
import type { GatewayHealth } from './gateway-health.ts';
import { mismatchOf } from './match-charge.ts';
import { makeRankRoutes } from './route-charge.ts';

type Ports = Pick<
  PaymentsPorts,
  'databases' | 'outbox' | 'clock' | 'log' | 'gateways' | 'gatewayMeters' | 'publicUrl' | 'refundGateways'
> & { readonly health: GatewayHealth };

/** Who ends a deposit when its workflow asked the gateway. */
const ACTOR = 'deposit';

/**
 * The steps of the deposit workflow. Each may run any number of times, and answers the status that the deposit has then.
 *
 * A gateway that does not answer leaves the charge unknown: the step throws UPSTREAM_UNAVAILABLE, and the next try asks
 * that same gateway for the charge by our reference before it asks for a new one. Another gateway is asked only when every
 * one before it has surely made nothing, so that a deposit never has two charges that someone could pay.
 */
export function makeCollectCharge(ports: Ports) {
  const { databases, outbox, clock, log, gateways, gatewayMeters, publicUrl, health } = ports;
  const core = databases.of('core');
  const rankRoutes = makeRankRoutes(ports);

  /** Makes the charge, once, at the first gateway that takes it. */
  async function createCharge(id: TransactionId): Promise<TransactionStatus> {
    const deposit = await existing(id);
    if (isEnded(deposit) || deposit.gateway_charge_id !== null) return deposit.status;
    let last: NotMade | undefined;
    for (const name of await candidatesFor(deposit)) {
      const attempt = await beginAttempt(core, { id, gateway: name, at: clock() });
      if (attempt === undefined) return await askAgain(deposit);
      const answer = await ask(deposit, gatewayOf(gateways, name));
      if (answer.status !== 'not_made') return await believe({ ...deposit, gateway: name }, answer, attempt);
      log.warn({ transactionId: id, gateway: name, reason: answer.failure }, 'a gateway did not take a charge');
      const isSure = await endAttempt(core, id, attempt, { outcome: 'not_made', reason: answer.failure, at: clock() });
      if (!isSure) throw away(answer);
      // A gateway that may take it later keeps the deposit open, whatever the others say.
      last = last?.isPassing === true ? last : answer;
    }
    if (last === undefined || last.isPassing) throw away(last);
    return await end(await existing(id), { as: 'failed', reason: last.failure });
  }

  /**
   * Who may be asked, best first: the one that the deposit names, then the others. A payer who has seen our own code can
   * pay through the gateway that it leads to, so that no other is asked then.
   */
  async function candidatesFor(deposit: DepositRow): Promise<readonly string[]> {
    const { gateway, qr_code: qrCode, payment_method: type, currency, amount: minor } = deposit;
    const method = qrCode === null ? methodOf(type, currency) : undefined;
    if (method === undefined) return [gateway];
    const ranked: readonly Route[] = await rankRoutes(method, { minor, currency });
    return [gateway, ...ranked.map((route) => route.gateway).filter((name) => name !== gateway)];
  }

  /** For when a gateway was asked before and it is not known what it did. */
  async function askAgain(deposit: DepositRow): Promise<TransactionStatus> {
    const open = await askAttemptAgain(core, deposit.id);
    // Whoever asked first knows by now.
    if (open === undefined) return (await existing(deposit.id)).status;
    const gateway = gatewayOf(gateways, open.gateway);
    const known = { ...deposit, gateway: open.gateway };
    const found = await gateway.find(deposit.id, open.asked_at);
    const answer = found ?? (await ask(known, gateway));
    // The question before may be under way there still, so that this answer is not enough to turn to another.
    if (answer.status === 'not_made') throw away(answer);
    return await believe(known, answer, open.attempt);
  }

  async function ask(deposit: DepositRow, gateway: PaymentGateway): Promise<Charge | Declined | NotMade> {
    const { payment_method: method } = deposit;
    const wanted: NewCharge = {
      reference: deposit.id,
      money: { minor: deposit.amount, currency: deposit.currency },
      method,
      description: deposit.description ?? undefined,
      returnUrl: `${publicUrl}/`,
    };
    try {
      const answer = await gateway.create(wanted);
      const { status } = answer;
      gatewayMeters?.charged(gateway.name, method, status === 'not_made' || status === 'declined' ? status : 'made');
      await health.note(gateway.name, method, status === 'not_made' ? 'failed' : 'worked');
      return answer;
    } catch (error) {
      gatewayMeters?.charged(gateway.name, method, 'unknown');
      await health.note(gateway.name, method, 'failed');
      throw error;
    }
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
    const chargeId = deposit.gateway_charge_id ?? (await forgottenCharge(deposit));
    const charge = chargeId === undefined ? undefined : await gateway.expire(chargeId);
    const status = charge === undefined ? deposit.status : await believe(deposit, charge);
    if (status !== 'pending') return status;
    return await end(deposit, { as: 'expired', reason: 'not_paid_in_time' });
  }

  /** A charge that may have been made though we never heard its id. */
  async function forgottenCharge(deposit: DepositRow): Promise<string | undefined> {
    const open = await findOpenAttempt(core, deposit.id);
    if (open === undefined) return undefined;
    return (await gatewayOf(gateways, open.gateway).find(deposit.id, open.asked_at))?.id;
  }

  /** @param attempt which one the answer is to, where it may end with it */
  async function believe(deposit: DepositRow, charge: Charge | Declined, attempt?: number): Promise<TransactionStatus> {
    if (charge.status === 'declined') {
      const { failure: reason } = charge;
      if (attempt !== undefined)
        await endAttempt(core, deposit.id, attempt, { outcome: 'declined', reason, at: clock() });
      return await end(deposit, { as: 'failed', reason });
    }
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
    if (deposit.gateway_charge_id === null) await nameCharge(core, deposit.id, charge, clock());
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

function away(answer: NotMade | undefined): AppError {
  return new AppError('UPSTREAM_UNAVAILABLE', {
    message: 'No payment gateway takes the charge now',
    ...(answer === undefined ? {} : { cause: answer.failure }),
  });
}

function isEnded(deposit: DepositRow): boolean {
  return deposit.status !== 'pending' && deposit.status !== 'processing';
}
