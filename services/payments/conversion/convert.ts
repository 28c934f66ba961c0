import type { Caller } from '#shared/caller.ts';
import type { TransactionBody } from '#shared/contracts/payments/transaction.ts';
import { AppError } from '#shared/errors.ts';
import type { IdempotencyKey } from '#shared/http/call.ts';
import type { QuoteId, TransactionId, WalletId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Tx } from '#shared/sql.ts';
import { isAboveStepUpSum } from '#shared/step-up-sums.ts';
import { assertMayMove } from '../compliance/may-move.ts';
import { houseAccountId } from '../ledger/house-accounts.ts';
import { postOne, suspendedWallet } from '../ledger/post.ts';
import { isLimitedAt, spendingRefusal } from '../new-device.ts';
import type { PaymentsPorts, Person } from '../ports.ts';
import { spendingOf } from '../spending.ts';
import { insertTransactions } from '../store/transactions.ts';
import { listWalletsOf, openWallet } from '../store/wallets.ts';
import { auditedRefusal } from '../told.ts';
import { heldMaxAt } from '../wallet/held-max.ts';
import { transactionBody } from '../wire.ts';
import { type Accounts, legsOf } from './legs.ts';
import { isOverExposed, positionsIn } from './positions.ts';
import { findQuote, type QuoteRow, spendQuote } from './quotes-store.ts';
import { parsePerUsd } from './rate.ts';
import { overExposed } from './request-quote.ts';
import { bothSides, rowOfSource, toldOfConversion } from './written.ts';

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
  | 'velocityRules'
  | 'ruleMeters'
  | 'fx'
  | 'fxMeters'
>;

export type Convert = { readonly quoteId: QuoteId; readonly description: string | undefined };

type Asked = { readonly key: IdempotencyKey | undefined; readonly stepUpToken: string | undefined };

/** The house's accounts on both sides. */
type House = Omit<Accounts, 'source' | 'target'>;

/**
 * Spends a quote: one transfer of the ledger with two legs in each currency, the user's on one side and the house's
 * liquidity on the other, and the fee. Each wallet has a transaction of it; both name the other one.
 *
 * @throws {AppError} NOT_FOUND for a quote that is not the caller's, CONFLICT for one that is spent or has expired and for
 *   a wallet that is suspended or closed, STEP_UP_REQUIRED, INSUFFICIENT_FUNDS, LIMIT_EXCEEDED, RETRY_LATER where the house
 *   would stand too far out
 */
export function makeConvert(ports: Ports) {
  const { databases, people, stepUp, clock, idempotency, outbox, publicUrl, fx, fxMeters } = ports;
  const core = databases.of('core');

  async function houseOf({ from_currency: from, to_currency: to }: QuoteRow): Promise<House> {
    const [bought, sold, fees] = await Promise.all([
      houseAccountId(core, { kind: 'liquidity', owner: '', currency: from }),
      houseAccountId(core, { kind: 'liquidity', owner: '', currency: to }),
      houseAccountId(core, { kind: 'fees', owner: '', currency: from }),
    ]);
    return { bought, sold, fees };
  }

  return async (caller: Caller, asked: Convert, { key, stepUpToken }: Asked): Promise<TransactionBody> => {
    const [quote, [person], wallets] = await Promise.all([
      findQuote(core, asked.quoteId, caller.userId),
      people.find([caller.userId]),
      listWalletsOf(core, caller.userId),
    ]);
    const source = wallets.find(({ currency }) => currency === quote?.from_currency);
    const house = quote && (await houseOf(quote));
    const isConfirmed =
      quote === undefined ||
      !isAboveStepUpSum({ minor: quote.amount, currency: quote.from_currency }) ||
      (await stepUp.verify(stepUpToken, caller));
    // Made here, so that a transaction that is tried again after a conflict keeps its ids and its time.
    const ids = { from: newId<TransactionId>('core'), to: newId<TransactionId>('core') };
    const at = clock();

    async function judgedAndPosted(tx: Tx): Promise<TransactionBody> {
      if (quote === undefined || house === undefined || person === undefined) {
        throw new AppError('NOT_FOUND', { message: 'There is no such quote' });
      }
      if (person.status !== 'active') {
        throw suspendedWallet();
      }
      if (quote.spent_at !== null) throw new AppError('CONFLICT', { message: 'The quote was spent' });
      if (quote.expires_at <= at) throw new AppError('CONFLICT', { message: 'The quote has expired' });
      if (!isConfirmed) throw new AppError('STEP_UP_REQUIRED');
      if (source === undefined) throw new AppError('INSUFFICIENT_FUNDS');
      if (!(await spendQuote(tx, quote.id, { at, transferId: ids.from, toTransactionId: ids.to }))) {
        throw new AppError('CONFLICT', { message: 'The quote was spent' });
      }
      const target = await openWallet(tx, caller.userId, quote.to_currency, false);
      await posted(tx, { caller, person, quote, source: source.id, target: target.id, house, at, id: ids.from });
      const [from, to] = bothSides(
        caller.userId,
        quote,
        ids,
        { from: source.id, to: target.id },
        at,
        asked.description,
      );
      await insertTransactions(tx, [from, to]);
      await outbox.append(tx, toldOfConversion(quote, from, to, target));
      return transactionBody(rowOfSource(from, to, quote), publicUrl);
    }

    try {
      const reply = await core.transaction((tx) =>
        idempotency.run(tx, { userId: caller.userId, call: 'createConversion', key }, async () => ({
          status: 201,
          body: await judgedAndPosted(tx),
        })),
      );
      if (quote !== undefined) fxMeters?.converted(quote.from_currency, quote.to_currency, 'posted');
      return reply.body;
    } catch (error) {
      const entry = { actor: caller.userId, action: 'payments.converted', subject: asked.quoteId };
      return await auditedRefusal(ports, entry, error);
    }
  };

  type Posting = {
    readonly caller: Caller;
    readonly person: Person;
    readonly quote: QuoteRow;
    readonly source: WalletId;
    readonly target: WalletId;
    readonly house: House;
    readonly at: Date;
    readonly id: TransactionId;
  };

  async function posted(tx: Tx, { caller, person, quote, source, target, house, at, id }: Posting): Promise<void> {
    const { from_currency: from, to_currency: to, amount, fee } = quote;
    const leaving = { minor: amount + fee, currency: from };
    await assertMayMove(
      ports,
      tx,
      { userId: caller.userId, payeeId: undefined, money: leaving, isNewPayee: false },
      at,
    );
    const outcome = await postOne(tx, {
      id,
      kind: 'conversion',
      legs: legsOf(quote, { ...house, source, target }, heldMaxAt({ ...person, currency: to }, at)),
      spending: spendingOf(person, source, leaving, at, isLimitedAt(caller, at)),
    });
    if (outcome !== 'posted') throw spendingRefusal(outcome, caller, from, at);
    await assertRoom(tx, quote);
  }

  /** The house's accounts are locked by the posting, so that no other conversion is judged by what this one leaves. */
  async function assertRoom(tx: Tx, quote: QuoteRow): Promise<void> {
    const { from_currency: from, to_currency: to } = quote;
    const positions = await positionsIn(tx, [from, to]);
    const sides = {
      from: { currency: from, perUsd: parsePerUsd(quote.from_per_usd)!, position: positions.get(from) ?? 0n },
      to: { currency: to, perUsd: parsePerUsd(quote.to_per_usd)!, position: positions.get(to) ?? 0n },
    };
    if (!isOverExposed(sides, fx.exposureMaxMicros)) return;
    fxMeters?.converted(from, to, 'exposure');
    throw overExposed();
  }
}
