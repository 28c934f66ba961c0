import { AppError, unreachable } from '#shared/errors.ts';
import { type Tx, firstRow, statement } from '#shared/sql.ts';

/** One side of a transfer. Above zero goes into the account, below zero comes out of it. */
export type Leg = {
  readonly accountId: string;
  readonly minor: bigint;
  /** The most that the wallet which takes it in may hold afterwards, held sums included; absent where nothing caps it. */
  readonly cap?: bigint | undefined;
};

/** What a transfer counts as against the limits of a wallet. A sum below zero gives back what was counted. */
export type Spending = {
  /** One of the transfer's accounts. */
  readonly accountId: string;
  readonly minor: bigint;
  /** The day (`2026-11-24`) and the month (`2026-11-01`) in the owner's calendar. */
  readonly day: string;
  readonly month: string;
  /** The most that may be spent in that day and month, this included. */
  readonly dayMax: bigint;
  readonly monthMax: bigint;
};

type TransferKind =
  | 'transfer'
  | 'deposit'
  | 'hold'
  | 'capture'
  | 'release'
  | 'refund'
  | 'settlement'
  | 'withdrawal'
  | 'conversion'
  | 'fee'
  | 'dispute'
  | 'adjustment'
  | 'gateway_payout'
  | 'seed';

export type LedgerTransfer = {
  /** Given once, for ever. */
  readonly id: string;
  readonly kind: TransferKind;
  /** Each account at most once; the sum is zero in every currency. */
  readonly legs: readonly Leg[];
  readonly spending?: Spending;
  /** Chains it to the next one of the call: those of a chain are posted together or not at all. */
  readonly isLinked?: true;
};

export type Outcome =
  | 'posted'
  | 'duplicate'
  | 'no_account'
  | 'suspended'
  | 'insufficient_funds'
  | 'balance_cap'
  | 'daily_limit'
  | 'monthly_limit'
  /** It might have been posted, but another one of its chain was not. */
  | 'linked_failed';

const POST = statement(
  'payments.post',
  'SELECT payments.post($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) AS outcomes',
);

/**
 * Posts transfers in one locked, ordered call and answers each on its own, in the order given: a refused one leaves its
 * neighbours alone. Call it once in a transaction: its locks are taken in account order, those of two calls are not.
 */
export async function post(tx: Tx, transfers: readonly LedgerTransfer[]): Promise<readonly Outcome[]> {
  const legs = transfers.flatMap((transfer) => transfer.legs);
  const spendings = transfers.map((transfer) => transfer.spending);
  const row = await firstRow<{ readonly outcomes: Outcome[] }>(tx, POST, [
    transfers.map((transfer) => transfer.id),
    transfers.map((transfer) => transfer.kind),
    transfers.map((transfer) => transfer.legs.length),
    legs.map((leg) => leg.accountId),
    legs.map((leg) => leg.minor),
    spendings.map((spending) => spending?.accountId ?? null),
    spendings.map((spending) => spending?.minor ?? null),
    spendings.map((spending) => spending?.day ?? null),
    spendings.map((spending) => spending?.month ?? null),
    spendings.map((spending) => spending?.dayMax ?? null),
    spendings.map((spending) => spending?.monthMax ?? null),
    legs.some((leg) => leg.cap !== undefined) ? legs.map((leg) => leg.cap ?? null) : null,
    transfers.some((transfer) => transfer.isLinked) ? transfers.map((transfer) => transfer.isLinked ?? false) : null,
  ]);
  return row?.outcomes ?? [];
}

/** Posts one transfer. */
export async function postOne(tx: Tx, transfer: LedgerTransfer): Promise<Outcome> {
  const [outcome] = await post(tx, [transfer]);
  return outcome!;
}

/**
 * The two legs that move a sum from one account to another.
 *
 * @param cap the most that the receiving wallet may hold afterwards, if anything caps it
 */
export function move(fromId: string, toId: string, minor: bigint, cap?: bigint): readonly [Leg, Leg] {
  return [
    { accountId: fromId, minor: -minor },
    { accountId: toId, minor, ...(cap === undefined ? {} : { cap }) },
  ];
}

/**
 * The legs of a sum that several accounts share, such as a price less its fee: one out, one in for each part above zero.
 *
 * @param parts what each account gets; together they are what leaves
 */
export function split(fromId: string, parts: readonly Leg[]): readonly Leg[] {
  const into = parts.filter(({ minor }) => minor > 0n);
  return [{ accountId: fromId, minor: -into.reduce((sum, { minor }) => sum + minor, 0n) }, ...into];
}

/** What is said of a wallet that gives nothing out, whatever the reason: a party on a list is not told of it. */
export function suspendedWallet(): AppError {
  return new AppError('CONFLICT', { message: 'The wallet is suspended or closed' });
}

/** What a refused transfer means to the one who asked for it. */
export function refusal(outcome: Exclude<Outcome, 'posted'>): AppError {
  switch (outcome) {
    case 'insufficient_funds':
      return new AppError('INSUFFICIENT_FUNDS');
    case 'daily_limit':
      return new AppError('LIMIT_EXCEEDED', { details: 'This goes over the daily limit of the wallet' });
    case 'monthly_limit':
      return new AppError('LIMIT_EXCEEDED', { details: 'This goes over the monthly limit of the wallet' });
    case 'balance_cap':
      // How much the recipient holds is theirs alone, so no sum is named.
      return new AppError('LIMIT_EXCEEDED', { details: 'The receiving wallet may not hold that much' });
    case 'linked_failed':
      return new AppError('CONFLICT', { message: 'Another part of this could not be posted' });
    case 'suspended':
      return suspendedWallet();
    case 'no_account':
      return new AppError('NOT_FOUND');
    case 'duplicate':
      return new AppError('CONFLICT', { message: 'This transfer was posted before' });
    default:
      return unreachable(outcome);
  }
}
