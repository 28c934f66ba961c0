import { AppError, invalid } from '#shared/errors.ts';
import type { WalletId } from '#shared/ids.ts';
import { type TravelFacts, travelOf } from '../compliance/travel.ts';
import type { PaymentsPorts, Person } from '../ports.ts';
import { needsStepUp } from '../rules.ts';
import { type TransferFacts, transferFacts } from '../store/transfer-facts.ts';
import { heldMaxAt } from '../wallet/held-max.ts';
import type { AskedTransfer } from './asked.ts';
import { suspendedWallet } from '../ledger/post.ts';

/** A transfer that may be posted, as far as can be told without a lock. */
export type Judged = {
  readonly sender: Person;
  /** Null while the recipient has no open wallet of that currency. */
  readonly recipientWalletId: WalletId | null;
  /** The most that the recipient's wallet may hold; undefined where no law caps it. */
  readonly recipientHeldMax: bigint | undefined;
  /** Whether the recipient was never paid before by the sender. */
  readonly isNewPayee: boolean;
  /** What must be kept with it, where it crosses a border with a sum that counts. */
  readonly travel?: TravelFacts;
};

type Ports = Pick<PaymentsPorts, 'databases' | 'people' | 'stepUp' | 'parties'>;

/** Judges many transfers by what can be read without a lock, with one round trip to each store; each has its own answer. */
export async function judgeAll(
  { databases, people, stepUp, parties: lists }: Ports,
  batch: readonly AskedTransfer[],
): Promise<readonly (Judged | AppError)[]> {
  const parties = batch.map(({ caller, asked: { walletId, recipientId, money } }) => ({
    walletId,
    recipientId,
    senderId: caller.userId,
    currency: money.currency,
  }));
  const ids = new Set(parties.flatMap(({ senderId, recipientId }) => [senderId, recipientId]));
  const [found, facts] = await Promise.all([people.find([...ids]), transferFacts(databases.of('core'), parties)]);
  const known = new Map(found.map((person) => [person.id, person]));
  const travels = await travelOf(
    { parties: lists },
    batch.map(({ caller, asked: { recipientId, money }, at }) => {
      const [sender, recipient] = [known.get(caller.userId), known.get(recipientId)];
      return sender && recipient && { sender, recipient, money, at };
    }),
  );
  return await Promise.all(
    batch.map(async (one, place) => {
      const { caller, asked, stepUpToken } = one;
      const fact = facts[place]!;
      const judged = withTravel(
        judge(one, fact, known.get(caller.userId), known.get(asked.recipientId)),
        travels[place],
      );
      if (judged instanceof AppError || !needsStepUp(asked.money, fact.paid_before)) return judged;
      const isConfirmed = await stepUp.verify(stepUpToken, caller).catch(ownRefusal);
      if (isConfirmed instanceof AppError) return isConfirmed;
      return isConfirmed ? judged : new AppError('STEP_UP_REQUIRED');
    }),
  );
}

/** Where the facts that must travel are missing, a transfer that may be posted otherwise is refused. */
function withTravel(judged: Judged | AppError, travel: TravelFacts | AppError | undefined): Judged | AppError {
  if (judged instanceof AppError || travel === undefined) return judged;
  return travel instanceof AppError ? travel : { ...judged, travel };
}

/** What is wrong with one token is no fault of the others in the batch. */
function ownRefusal(error: unknown): AppError {
  if (error instanceof AppError) return error;
  throw error;
}

function judge(
  { asked: { money }, at }: AskedTransfer,
  facts: TransferFacts,
  sender: Person | undefined,
  recipient: Person | undefined,
): Judged | AppError {
  if (facts.sender_wallet_id === null || sender === undefined) {
    return new AppError('NOT_FOUND', { message: 'There is no such wallet' });
  }
  if (facts.sender_currency !== money.currency) {
    return invalid('currency', `the wallet is in ${facts.sender_currency}`);
  }
  if (sender.status !== 'active') return suspendedWallet();
  if (recipient?.status !== 'active') return new AppError('NOT_FOUND', { message: 'There is no such recipient' });
  return {
    sender,
    recipientWalletId: facts.recipient_wallet_id,
    recipientHeldMax: heldMaxAt({ ...recipient, currency: money.currency }, at),
    isNewPayee: !facts.paid_before,
  };
}
