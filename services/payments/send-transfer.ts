import type { Caller } from '#shared/caller.ts';
import type { TransactionBody } from '#shared/contracts/payments/transaction.ts';
import { AppError, invalid } from '#shared/errors.ts';
import { happened } from '#shared/events/event.ts';
import { TransferPosted } from '#shared/events/payments.ts';
import type { IdempotencyKey } from '#shared/http/call.ts';
import type { TransactionId, UserId, WalletId } from '#shared/ids.ts';
import type { Currency, Money } from '#shared/money.ts';
import { newId } from '#shared/new-id.ts';
import type { Tx } from '#shared/sql.ts';
import { periodsAt } from './calendar.ts';
import { assertMayMove } from './compliance/may-move.ts';
import { walletOpened } from './create-wallet.ts';
import { move, postOne, refusal } from './ledger/post.ts';
import type { PaymentsPorts, Person } from './ports.ts';
import { limitsOf, lowered, needsStepUp, newDeviceMax } from './rules.ts';
import { type NewTransaction, insertTransactions } from './store/transactions.ts';
import { type Opening, openWallet, transferFacts } from './store/wallets.ts';
import { audited, auditedRefusal, transactionUpdated } from './told.ts';
import { PLAIN, decimalOf, transactionBody } from './wire.ts';

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
>;

export type SendTransfer = {
  readonly walletId: WalletId;
  readonly recipientId: UserId;
  readonly money: Money;
  readonly description: string | undefined;
  readonly reference: string | undefined;
};

export type TransferAsked = {
  readonly key: IdempotencyKey | undefined;
  /** The header `Step-Up`. */
  readonly stepUpToken: string | undefined;
};

/**
 * Pays another user, in one transaction and with no workflow: the journal, both sides' transactions, the key, the events.
 *
 * What can be judged without a lock is read first, side by side; the database judges the balance and the limits under it.
 * A repeat gets the first answer whatever has changed since, so the judgement is spoken inside the key's scope.
 *
 * @throws {AppError} NOT_FOUND (wallet or recipient), STEP_UP_REQUIRED, INSUFFICIENT_FUNDS, LIMIT_EXCEEDED, CONFLICT when
 *   a wallet is suspended, VALIDATION_ERROR.
 */
export function makeSendTransfer(ports: Ports) {
  const { databases, people, stepUp, clock, idempotency, outbox, publicUrl } = ports;
  const core = databases.of('core');

  return async (caller: Caller, asked: SendTransfer, { key, stepUpToken }: TransferAsked): Promise<TransactionBody> => {
    const { walletId, recipientId, money } = asked;
    if (recipientId === caller.userId) throw invalid('recipient_id', 'is yourself');
    const [known, facts] = await Promise.all([
      people.find([caller.userId, recipientId]),
      transferFacts(core, walletId, caller.userId, recipientId, money.currency),
    ]);
    const sender = known.find((person) => person.id === caller.userId);
    const recipient = known.find((person) => person.id === recipientId);
    const confirmed = !needsStepUp(money, facts.paid_before) || (await stepUp.verify(stepUpToken, caller));

    // Made here, so that a transaction that is tried again after a conflict keeps its ids and its time.
    const ids = { out: newId<TransactionId>('core'), in: newId<TransactionId>('core') };
    const at = clock();
    const isLimited = caller.limitedUntil !== undefined && caller.limitedUntil > at;

    async function judgedAndPosted(tx: Tx): Promise<TransactionBody> {
      if (facts.sender_wallet_id === null || sender === undefined) {
        throw new AppError('NOT_FOUND', { message: 'There is no such wallet' });
      }
      if (facts.sender_currency !== money.currency)
        throw invalid('currency', `the wallet is in ${facts.sender_currency}`);
      if (recipient?.status !== 'active') throw new AppError('NOT_FOUND', { message: 'There is no such recipient' });
      if (!confirmed) throw new AppError('STEP_UP_REQUIRED');

      const isNewPayee = !facts.paid_before;
      await assertMayMove(ports, tx, { userId: caller.userId, payeeId: recipientId, money, isNewPayee }, at);
      const opening: Opening =
        facts.recipient_wallet_id === null
          ? await openWallet(tx, recipientId, money.currency, false)
          : { id: facts.recipient_wallet_id, opened: false };
      const outcome = await postOne(tx, {
        id: ids.out,
        kind: 'transfer',
        legs: move(walletId, opening.id, money.minor),
        spending: spendingOf(sender, walletId, money, at, isLimited),
      });
      if (outcome === 'daily_limit' && isLimited) throw newDeviceRefusal(caller, money.currency);
      if (outcome !== 'posted') throw refusal(outcome);

      const [out, into] = bothSides(caller.userId, asked, ids, opening.id, at);
      await insertTransactions(tx, [out, into]);
      await outbox.append(tx, toldOf(out, into, opening));
      return transactionBody(rowOf(out), publicUrl);
    }

    try {
      const reply = await core.transaction((tx) =>
        idempotency.run(tx, { userId: caller.userId, call: 'createTransfer', key }, async () => ({
          status: 201,
          body: await judgedAndPosted(tx),
        })),
      );
      return reply.body;
    } catch (error) {
      return await auditedRefusal(
        ports,
        { actor: caller.userId, action: 'payments.transferred', subject: walletId },
        error,
      );
    }
  };
}

/**
 * What a sum counts as against the limits that its owner has at that moment.
 *
 * @param isLimited whether it leaves from a new device, or under a new number
 */
export function spendingOf(owner: Person, walletId: WalletId, { minor, currency }: Money, at: Date, isLimited = false) {
  const periods = periodsAt(at, owner.country);
  const limits = limitsOf({ ...owner, currency }, periods.day);
  return { accountId: walletId, minor, ...periods, ...(isLimited ? lowered(limits, currency) : limits) };
}

function newDeviceRefusal({ limitedUntil }: Caller, currency: Currency): AppError {
  const until = limitedUntil!.toISOString();
  return new AppError('LIMIT_EXCEEDED', {
    details: `This goes over the daily limit of a new device or number: ${newDeviceMax(currency)} ${currency} until ${until}`,
  });
}

function bothSides(
  senderId: UserId,
  { walletId, recipientId, money, description, reference }: SendTransfer,
  ids: { readonly out: TransactionId; readonly in: TransactionId },
  recipientWalletId: WalletId,
  at: Date,
): [NewTransaction, NewTransaction] {
  const shared = {
    ...money,
    status: 'completed',
    actor: senderId,
    at,
    transferId: ids.out,
    description,
    reference,
  } as const;
  return [
    { ...shared, id: ids.out, walletId, userId: senderId, type: 'transfer_out', counterpartId: recipientId },
    {
      ...shared,
      id: ids.in,
      walletId: recipientWalletId,
      userId: recipientId,
      type: 'transfer_in',
      counterpartId: senderId,
    },
  ];
}

function toldOf(out: NewTransaction, into: NewTransaction, opening: Opening) {
  const amount = decimalOf(out.minor, out.currency);
  const posted = happened(TransferPosted, out.id, {
    transaction_id: out.id,
    recipient_transaction_id: into.id,
    sender_id: out.userId,
    recipient_id: into.userId,
    amount,
    currency: out.currency,
  });
  const opened = opening.opened
    ? walletOpened(opening.id, into.userId, out.currency, 'system')
    : { events: [], audit: [] };
  return {
    events: [...opened.events, posted, transactionUpdated(out), transactionUpdated(into)],
    audit: [
      ...opened.audit,
      audited({
        actor: out.actor,
        action: 'payments.transferred',
        subject: out.id,
        facts: { amount, currency: out.currency },
      }),
    ],
  };
}

function rowOf(made: NewTransaction) {
  return {
    ...PLAIN,
    id: made.id,
    wallet_id: made.walletId,
    user_id: made.userId,
    type: made.type,
    currency: made.currency,
    amount: made.minor,
    status: made.status,
    counterpart_id: made.counterpartId ?? null,
    description: made.description ?? null,
    reference: made.reference ?? null,
    created_at: made.at,
    updated_at: made.at,
    completed_at: made.at,
  };
}
