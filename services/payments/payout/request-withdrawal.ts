import type { Caller } from '#shared/caller.ts';
import type { DestinationBody } from '#shared/contracts/payments/payouts.ts';
import type { TransactionBody } from '#shared/contracts/payments/transaction.ts';
import { AppError, invalid } from '#shared/errors.ts';
import { happened } from '#shared/events/event.ts';
import { PayoutRequested } from '#shared/events/payments-payouts.ts';
import type { IdempotencyKey } from '#shared/http/call.ts';
import type { Brand, TransactionId, WalletId } from '#shared/ids.ts';
import { type Currency, type Money, positiveMoney } from '#shared/money.ts';
import { newId } from '#shared/new-id.ts';
import type { Tx } from '#shared/sql.ts';
import { periodsAt } from '../calendar.ts';
import { assertMayWithdraw } from '../compliance/may-withdraw.ts';
import { placeHold } from '../ledger/hold.ts';
import { suspendedWallet } from '../ledger/post.ts';
import { isLimitedAt, spendingRefusal } from '../new-device.ts';
import { findPerson, type PaymentsPorts, type Person } from '../ports.ts';
import { spendingOf } from '../spending.ts';
import { insertPayout, type SealedDestination } from '../store/payouts.ts';
import { findTransaction, insertTransactions, type NewTransaction } from '../store/transactions.ts';
import { findWallet, type WalletRow } from '../store/wallets.ts';
import { audited, auditedRefusal, transactionUpdated } from '../told.ts';
import { decimalOf, transactionBody } from '../wire.ts';
import { checkedDestination } from './destination.ts';
import { fitsPayout, type PayoutMethod, payoutFee, payoutMethodsIn } from './payout-methods.ts';
import { sealDestination } from './sealed-destination.ts';

type Ports = Pick<
  PaymentsPorts,
  | 'databases'
  | 'people'
  | 'stepUp'
  | 'clock'
  | 'idempotency'
  | 'outbox'
  | 'log'
  | 'publicUrl'
  | 'keyManagement'
  | 'velocityRules'
  | 'ruleMeters'
>;

export type RequestWithdrawal = {
  readonly walletId: WalletId;
  /** As written by the client: its decimals are judged by the wallet's currency. */
  readonly amount: string;
  readonly destination: DestinationBody;
  readonly description: string | undefined;
};

export type WithdrawalAsked = {
  readonly key: IdempotencyKey | undefined;
  /** The header `Step-Up`. */
  readonly stepUpToken: string | undefined;
};

/**
 * Takes a withdrawal up: the sum and its fee are held under the limits of the wallet, and the event starts the workflow
 * that sends it. Nobody waits for the gateway here. Where the money goes is personal: it rests sealed, and what clients
 * and staff see of it are four digits.
 *
 * @throws {AppError} NOT_FOUND, STEP_UP_REQUIRED always without the PIN, INSUFFICIENT_FUNDS, LIMIT_EXCEEDED, CONFLICT when
 *   the wallet is suspended, VALIDATION_ERROR.
 */
export function makeRequestWithdrawal(ports: Ports) {
  const { databases, people, stepUp, clock, idempotency, keyManagement } = ports;
  const core = databases.of('core');

  return async (
    caller: Caller,
    asked: RequestWithdrawal,
    { key, stepUpToken }: WithdrawalAsked,
  ): Promise<TransactionBody> => {
    const wallet = await findWallet(core, asked.walletId, caller.userId);
    if (wallet === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such wallet' });
    const money = positiveMoney(asked.amount, wallet.currency);
    if (typeof money === 'string') throw invalid('amount', money);
    const method = methodFor(caller, asked.destination.type, wallet.currency);
    const destination = checkedDestination(method, asked.destination);
    const [owner, isConfirmed] = await Promise.all([
      findPerson(people, caller.userId),
      stepUp.verify(stepUpToken, caller),
    ]);

    // Made here, so that a transaction that is tried again after a conflict keeps its ids and its time.
    const id = newId<TransactionId>('core');
    const at = clock();
    const planned: Planned = {
      id,
      holdId: newId<Brand<string, 'HoldId'>>('core'),
      caller,
      owner,
      wallet,
      method,
      money,
      fee: payoutFee(method, periodsAt(at, caller.country).day),
      sealed: await sealDestination(keyManagement, id, destination),
      description: asked.description,
      at,
    };
    try {
      const reply = await core.transaction((tx) =>
        idempotency.run(tx, { userId: caller.userId, call: 'createWithdrawal', key }, async () => {
          if (!isConfirmed) throw new AppError('STEP_UP_REQUIRED');
          return { status: 201, body: await holdAndNote(ports, tx, planned) };
        }),
      );
      return reply.body;
    } catch (error) {
      const entry = { actor: caller.userId, action: 'payments.withdrawal_requested', subject: asked.walletId };
      return await auditedRefusal(ports, entry, error);
    }
  };
}

/** A withdrawal that may go, as far as can be told without a lock. */
type Planned = {
  readonly id: TransactionId;
  readonly holdId: string;
  readonly caller: Caller;
  readonly owner: Person;
  readonly wallet: WalletRow;
  readonly method: PayoutMethod;
  readonly money: Money;
  readonly fee: bigint;
  readonly sealed: SealedDestination;
  readonly description: string | undefined;
  readonly at: Date;
};

async function holdAndNote(ports: Ports, tx: Tx, planned: Planned): Promise<TransactionBody> {
  const { id, holdId, caller, wallet, method, money, fee, sealed, description, at } = planned;
  const { currency } = money;
  if (planned.owner.status !== 'active') {
    throw suspendedWallet();
  }
  assertPaid(method, money);
  await assertMayWithdraw(ports, tx, caller.userId, money, at);

  const held = { minor: money.minor + fee, currency };
  const spending = spendingOf(planned.owner, wallet.id, held, at, isLimitedAt(caller, at));
  const hold = { id: holdId, accountId: wallet.id, holdAccountId: wallet.hold_account_id, minor: held.minor, spending };
  const outcome = await placeHold(tx, hold);
  if (outcome !== 'posted') throw spendingRefusal(outcome, caller, currency, at);

  const made: NewTransaction = {
    id,
    walletId: wallet.id,
    userId: caller.userId,
    type: 'withdrawal',
    ...money,
    processingFee: fee,
    status: 'processing',
    actor: caller.userId,
    at,
    description,
  };
  await insertTransactions(tx, [made]);
  const { gateway, type } = method;
  await insertPayout(tx, { transactionId: id, kind: 'withdrawal', gateway, method: type, holdId, destination: sealed });
  const facts = {
    amount: decimalOf(money.minor, currency),
    currency,
    fee: decimalOf(fee, currency),
    method: type,
    gateway,
  };
  await ports.outbox.append(tx, {
    events: [
      happened(PayoutRequested, id, { transaction_id: id, kind: 'withdrawal', gateway }),
      transactionUpdated(made),
    ],
    audit: [audited({ actor: caller.userId, action: 'payments.withdrawal_requested', subject: id, facts })],
  });
  const row = await findTransaction(tx, id, caller.userId);
  return transactionBody(row!, ports.publicUrl);
}

function methodFor({ country }: Caller, type: string, currency: Currency): PayoutMethod {
  const method = payoutMethodsIn(country).find((method) => method.type === type);
  if (method === undefined) throw invalid('destination.type', 'is none of GET /payments/payouts/methods');
  if (method.currency !== currency) throw invalid('destination.type', `does not pay in ${currency}`);
  return method;
}

function assertPaid(method: PayoutMethod, money: Money): void {
  const { name, currency, min, max } = method;
  const fit = fitsPayout(method, money);
  if (fit === 'too_small') throw invalid('amount', `${name} pays ${min} ${currency} or more`);
  if (fit === 'too_large') {
    throw new AppError('LIMIT_EXCEEDED', { details: `${name} pays ${max} ${currency} at most` });
  }
}
